// Command pods makes and ends pods through a CRI, by each of its runtime handlers in turn, and says how long RunPodSandbox took,
// and how long the CNI plugins in it, whose times front.c has written:
//
//	pods SOCKET TIMES WARM-UP RUNS HANDLER...
//
// The IPAM plugin of a handler has the handler's name. Prints Markdown.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// A sample is one pod: the call, all main plugins and what they chain, and the IPAM plugin within that.
type sample struct{ call, network, ipam time.Duration }

type bench struct {
	runtime cri.RuntimeServiceClient
	times   string
	pods    int
}

func (b *bench) pod(handler string) (sample, error) {
	b.pods++
	name := fmt.Sprintf("pod-%d", b.pods)
	config := &cri.PodSandboxConfig{
		Metadata: &cri.PodSandboxMetadata{Name: name, Uid: name, Namespace: "default"},
		Hostname: name,
		Linux: &cri.LinuxPodSandboxConfig{SecurityContext: &cri.LinuxSandboxSecurityContext{
			NamespaceOptions: &cri.NamespaceOption{Network: cri.NamespaceMode_POD, Pid: cri.NamespaceMode_CONTAINER, Ipc: cri.NamespaceMode_POD},
		}},
	}
	if err := os.WriteFile(b.times, nil, 0o600); err != nil {
		return sample{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	begin := time.Now()
	made, err := b.runtime.RunPodSandbox(ctx, &cri.RunPodSandboxRequest{Config: config, RuntimeHandler: handler})
	took := time.Since(begin)
	if err != nil {
		return sample{}, err
	}
	got, err := b.plugins(handler)
	if err != nil {
		return sample{}, err
	}
	got.call = took
	if _, err := b.runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: made.PodSandboxId}); err != nil {
		return sample{}, err
	}
	_, err = b.runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: made.PodSandboxId})
	return got, err
}

// plugins reads what the ADDs of one pod took.
func (b *bench) plugins(ipam string) (sample, error) {
	text, err := os.ReadFile(b.times)
	if err != nil {
		return sample{}, err
	}
	var got sample
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) != 3 || words[1] != "ADD" {
			continue
		}
		nanos, err := strconv.ParseInt(words[2], 10, 64)
		if err != nil {
			return sample{}, err
		}
		if words[0] == ipam {
			got.ipam += time.Duration(nanos)
		} else {
			got.network += time.Duration(nanos)
		}
	}
	if got.ipam == 0 || got.network <= got.ipam {
		return sample{}, fmt.Errorf("the pod of %s was made without its plugins: %q", ipam, text)
	}
	return got, nil
}

// at is the value that this percentage of them does not exceed.
func at[T int64 | float64 | time.Duration](percent int, values []T) T {
	slices.Sort(values)
	return values[min(len(values)*percent/100, len(values)-1)]
}

func of[T any](samples []sample, value func(sample) T) []T {
	var all []T
	for _, each := range samples {
		all = append(all, value(each))
	}
	return all
}

func print(handlers []string, taken map[string][]sample) {
	fmt.Println("| ms | pods | RunPodSandbox p50 | p90 | its CNI plugins p50 | p90 | the IPAM plugin p50 | p90 | of the plugins | of RunPodSandbox |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, handler := range handlers {
		samples := taken[handler]
		fmt.Printf("| %s | %d |", handler, len(samples))
		for _, value := range []func(sample) time.Duration{
			func(s sample) time.Duration { return s.call },
			func(s sample) time.Duration { return s.network },
			func(s sample) time.Duration { return s.ipam },
		} {
			all := of(samples, value)
			fmt.Printf(" %.1f | %.1f |", at(50, all).Seconds()*1e3, at(90, all).Seconds()*1e3)
		}
		fmt.Printf(" %.1f %% | %.1f %% |\n",
			100*at(50, of(samples, func(s sample) float64 { return float64(s.ipam) / float64(s.network) })),
			100*at(50, of(samples, func(s sample) float64 { return float64(s.ipam) / float64(s.call) })))
	}
}

func run(socket, times, warmUp, runs string, handlers []string) error {
	connection, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	warm, err := strconv.Atoi(warmUp)
	if err != nil {
		return err
	}
	rounds, err := strconv.Atoi(runs)
	if err != nil {
		return err
	}
	b := &bench{runtime: cri.NewRuntimeServiceClient(connection), times: times}
	taken := map[string][]sample{}
	for round := range warm + rounds {
		turn := slices.Clone(handlers)
		if round%2 == 1 {
			slices.Reverse(turn)
		}
		for _, handler := range turn {
			got, err := b.pod(handler)
			if err != nil {
				return err
			}
			if round >= warm {
				taken[handler] = append(taken[handler], got)
			}
		}
	}
	print(handlers, taken)
	return nil
}

func main() {
	if len(os.Args) < 6 {
		fmt.Fprintln(os.Stderr, "usage: pods SOCKET TIMES WARM-UP RUNS HANDLER...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]); err != nil {
		fmt.Fprintln(os.Stderr, "pods:", err)
		os.Exit(1)
	}
}
