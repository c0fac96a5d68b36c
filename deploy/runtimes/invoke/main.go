// Command invoke runs an IPAM plugin by libcni's own invoke package, for the verbs that no main plugin hands on:
//
//	CNI_COMMAND=GC|STATUS CNI_PATH=DIR:... invoke TYPE <network configuration
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/containernetworking/cni/pkg/invoke"
)

func run(plugin string) error {
	conf, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	path, err := invoke.FindInPath(plugin, filepath.SplitList(os.Getenv("CNI_PATH")))
	if err != nil {
		return err
	}
	args := &invoke.Args{Command: os.Getenv("CNI_COMMAND"), Path: os.Getenv("CNI_PATH")}
	return invoke.ExecPluginWithoutResult(context.Background(), path, conf, args, nil)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: invoke TYPE")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
