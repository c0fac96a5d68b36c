//! Any bytes wherever the plugin reads some: whatever they are, it ends, and says what the specification lets it say.
//!
//! An input is a byte for the verb, a byte for the place, and the bytes that come from there. Those in `tests/corpus` are
//! replayed: seeds, and each that ever broke a rule. With CROFT_FUZZ_SECONDS set, new ones are made of them for so long
//! (CROFT_FUZZ_SEED repeats a run); one that breaks a rule is left in the corpus.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::Value;

use crate::agent::{Answer, FakeAgent, answer};
use crate::fixture::{allocated, v4, v6};
use crate::mutate::Mutator;
use crate::shim::{Outcome, Shim};

const VERBS: [&str; 6] = ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"];
const VARIABLES: [&str; 6] =
    ["CNI_ARGS", "CNI_CONTAINERID", "CNI_IFNAME", "CNI_NETNS", "CNI_COMMAND", "CNI_NETNS_OVERRIDE"];
const PLACES: u8 = 7 + VARIABLES.len() as u8;

/// Longer than any verb may take, by far: past it the plugin hangs.
const NEVER: Duration = Duration::from_secs(120);

/// Codes that the specification reserves or that Croft's own errors have.
const CODES: [u64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 11, 50, 51, 100, 999];

/// One place with an agent, whose answers and whose connection an input may be.
struct Place {
    agent: FakeAgent,
    reply: Arc<Mutex<Vec<u8>>>,
    how: Arc<Mutex<u8>>,
}

impl Place {
    fn new() -> Place {
        let reply = Arc::new(Mutex::new(Vec::new()));
        let how = Arc::new(Mutex::new(0));
        let (bytes, kind) = (reply.clone(), how.clone());
        let agent = FakeAgent::start(move |seen| {
            let bytes = bytes.lock().unwrap().clone();
            match *kind.lock().unwrap() {
                2 => Answer::Message(bytes),
                3 => Answer::Raw(bytes, vec![("grpc-status", "0".into())]),
                4 => Answer::Raw(Vec::new(), status(&bytes)),
                _ if seen.method == "Allocate" || seen.method == "Check" => answer(allocated(&[v4(), v6()])),
                _ => Answer::Message(Vec::new()),
            }
        });
        std::fs::create_dir(agent.dir().join("raw")).unwrap();
        let listener = UnixListener::bind(agent.dir().join("raw/cni.sock")).unwrap();
        let bytes = reply.clone();
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                speak(stream, &bytes.lock().unwrap().clone());
            }
        });
        Place { agent, reply, how }
    }

    fn hold(&self, input: &[u8]) {
        let [verb, place, bytes @ ..] = input else { return };
        let place = place % PLACES;
        *self.how.lock().unwrap() = place;
        *self.reply.lock().unwrap() = bytes.to_vec();
        let socket = if place == 1 { self.agent.dir().join("raw/cni.sock") } else { self.agent.socket() };
        let verb = VERBS[usize::from(*verb) % VERBS.len()];
        let mut shim = Shim::new(verb, &socket);
        if place == 0 {
            // None at all would be taken for the usual configuration.
            shim = shim.stdin(if bytes.is_empty() { b" ".to_vec() } else { fill(bytes, &socket) });
        }
        let run_dir = socket.parent().unwrap();
        match place {
            5 => std::fs::write(run_dir.join("healthy"), bytes).unwrap(),
            6 => spoil_spool(run_dir, bytes),
            _ => {}
        }
        let mut command = shim.command();
        if place >= 7 {
            let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
            command.env(VARIABLES[usize::from(place - 7)], OsString::from_vec(text));
        }
        let outcome = ended(shim.feed(command));
        let verb = if place == 11 { String::from_utf8_lossy(bytes).into_owned() } else { verb.to_owned() };
        judge(&verb, &outcome);
        let _ = std::fs::remove_file(run_dir.join("healthy"));
        let _ = std::fs::remove_dir_all(run_dir.join("spool"));
        let _ = std::fs::remove_file(run_dir.join("spool"));
        self.agent.rest();
    }
}

/// `SOCKET` in a kept input is where the agent listens now.
fn fill(bytes: &[u8], socket: &Path) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(bytes) else { return bytes.to_vec() };
    text.replace("SOCKET", socket.to_str().unwrap()).into_bytes()
}

/// Status, message and details of an error, a line each; what no header can hold is left out.
fn status(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let mut text = || {
        let line = lines.next().unwrap_or_default();
        line.iter().filter(|byte| (0x20..0x7f).contains(*byte)).map(|byte| char::from(*byte)).collect::<String>()
    };
    let (code, message) = (text(), text());
    let details = STANDARD_NO_PAD.encode(lines.next().unwrap_or_default());
    vec![("grpc-status", code), ("grpc-message", message), ("grpc-status-details-bin", details)]
}

/// Says the bytes, whatever is asked, and hangs up.
fn speak(mut stream: UnixStream, bytes: &[u8]) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut asked = [0; 4096];
    let _ = stream.read(&mut asked);
    let _ = stream.write_all(bytes);
}

/// A file in the place of the spool, or entries that are none.
fn spoil_spool(run_dir: &Path, bytes: &[u8]) {
    let spool = run_dir.join("spool");
    if bytes.first().is_some_and(|byte| byte % 2 == 1) {
        std::fs::write(spool, bytes).unwrap();
        return;
    }
    std::fs::create_dir(&spool).unwrap();
    for (number, content) in bytes.chunks(8).take(20).enumerate() {
        std::fs::write(spool.join(format!("{number:020}-{number:016x}.json")), content).unwrap();
    }
}

fn ended(mut child: Child) -> Outcome {
    let (sender, done) = std::sync::mpsc::channel::<()>();
    let id = rustix::process::Pid::from_child(&child);
    let watch = std::thread::spawn(move || {
        let late = done.recv_timeout(NEVER) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if late {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        }
    });
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut stdout).expect("text on stdout");
    child.stderr.take().unwrap().read_to_string(&mut stderr).expect("text on stderr");
    let exit = child.wait().unwrap().code().unwrap_or(-1);
    let _ = sender.send(());
    watch.join().unwrap();
    Outcome { exit, stdout, stderr }
}

/// What every caller may rely on.
fn judge(verb: &str, outcome: &Outcome) {
    match outcome.exit {
        0 if verb == "ADD" => {
            let result = outcome.json();
            assert!(result["ips"].is_array() || result["ip4"].is_object() || result["ip6"].is_object(), "{outcome:?}");
        }
        0 if verb == "VERSION" => assert!(outcome.json()["supportedVersions"].is_array(), "{outcome:?}"),
        0 => assert_eq!(outcome.stdout, "", "{verb} {outcome:?}"),
        1 => {
            let error = outcome.json();
            let fields: BTreeMap<String, Value> = serde_json::from_value(error.clone()).expect("an object");
            assert!(fields.keys().all(|key| ["cniVersion", "code", "msg", "details"].contains(&key.as_str())));
            let code = error["code"].as_u64().expect("a code");
            assert!(CODES.contains(&code) || code >= 100, "{outcome:?}");
            assert!(error["msg"].as_str().is_some_and(|msg| !msg.is_empty() && msg.len() <= 300), "{outcome:?}");
            if verb == "DEL" {
                let said = &outcome.stdout;
                assert!(!said.contains("not found") && !said.contains("no such file or directory"), "{outcome:?}");
            }
            assert_eq!(outcome.stderr, "", "{outcome:?}");
        }
        _ => panic!("it crashed: {outcome:?}"),
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn kept() -> Vec<(PathBuf, Vec<u8>)> {
    let mut inputs: Vec<_> = std::fs::read_dir(corpus())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    inputs.sort();
    inputs
}

#[test]
fn every_input_that_was_kept_is_answered_as_the_specification_says() {
    let place = Place::new();
    let kept = kept();
    assert!(kept.len() > 10);
    for (path, input) in kept {
        eprintln!("{}", path.display());
        place.hold(&input);
    }
}

#[test]
fn inputs_made_of_those_are_answered_so_too() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("CROFT_FUZZ_SEED").unwrap_or(7);
    let seconds = number("CROFT_FUZZ_SECONDS");
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let inputs: Vec<_> = kept().into_iter().map(|(_, input)| input).collect();
    let done = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (inputs, done) = (&inputs, &done);
            scope.spawn(move || {
                let mut mutator = Mutator::new(seed * 4 + thread);
                let place = Place::new();
                let mut left = 25_i64;
                while until.map_or(left > 0, |until| Instant::now() < until) {
                    let mut input = mutator.next(inputs);
                    // An ADD waits ten seconds for an agent that hangs up.
                    if input.len() > 1 && input[1] % PLACES == 1 && until.is_none() {
                        input[0] = 1;
                    }
                    let held = catch_unwind(AssertUnwindSafe(|| place.hold(&input)));
                    if let Err(broken) = held {
                        std::fs::write(corpus().join(format!("found-{seed}-{thread}-{left}")), &input).unwrap();
                        resume_unwind(broken);
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                    left -= 1;
                }
            });
        }
    });
    println!("{} inputs, seed {seed}", done.load(Ordering::Relaxed));
}
