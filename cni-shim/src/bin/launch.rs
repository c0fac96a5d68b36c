//! `bin/croft` of a distribution: starts Croft on the Java runtime beside it. No shell, since an image has none.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// No `PerfData`: the JVM would write to /tmp. Its own warnings go to stderr, never into a command's output. The cache
/// at the address that it was made for: elsewhere each of its pages would be patched, and so copied.
const ALWAYS: &[&str] = &[
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+UseCompactObjectHeaders",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:ArchiveRelocationMode=0",
    "-Dio.grpc.netty.shaded.io.netty.machineId=00:00:00:00:00:00",
    "-Dio.grpc.netty.shaded.io.netty.processId=1",
    "-Xlog:disable",
    "-Xlog:all=warning:stderr",
    "--enable-native-access=ALL-UNNAMED",
];

/// The agent lives long and small. A loop that ran out of memory must end the process: the next one replays.
const AGENT: &[&str] = &[
    "-Xms12m",
    "-Xmn4m",
    "-Xmx64m",
    "-XX:MinHeapFreeRatio=10",
    "-XX:MaxHeapFreeRatio=20",
    "-XX:-ShrinkHeapInSteps",
    "-XX:TrimNativeHeapInterval=30000",
    "-XX:+ExitOnOutOfMemoryError",
];

/// A command lives a second and may print half a million lines.
const COMMAND: &[&str] = &["-Xms8m", "-Xmx192m"];

/// What others set for every Java program of a host or of a cluster, such as agents for tracing: this runtime has no library for
/// those and would not start, and a heap of theirs would outdo the one above. Who means Croft's own has `JDK_JAVA_OPTIONS`.
const FOREIGN: &[&str] = &["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"];

fn main() -> ExitCode {
    let own = match env::current_exe() {
        Ok(own) => own,
        Err(error) => return refuse(&format!("cannot find itself by /proc/self/exe: {error}")),
    };
    let Some(home) = own.parent().and_then(Path::parent) else {
        return refuse(&format!("{} is not in the folder bin of a distribution", own.display()));
    };
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    let agent = subcommand(&words).is_some_and(|verb| verb == "agent");

    let java = home.join("lib/runtime/bin/java");
    let mut command = Command::new(&java);
    for variable in FOREIGN {
        command.env_remove(variable);
    }
    command.args(ALWAYS).args(if agent { AGENT } else { COMMAND });
    command.arg(option("-Djava.library.path=", &home.join("lib/native")));
    let cache = home.join("lib/croft.aot");
    if cache.is_file() {
        command.arg(option("-XX:AOTCache=", &cache));
    } else if agent {
        eprintln!("croft: {} is missing; the agent starts slower", cache.display());
    }
    command.arg("-jar").arg(home.join("lib/jars/croft-daemon.jar")).args(words);
    let error = command.exec();
    refuse(&format!("cannot start {}: {error}", java.display()))
}

/// The first word that is no option, nor an option's value.
fn subcommand(words: &[OsString]) -> Option<&OsStr> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--run-dir" || word == "-o" || word == "--output" {
            words.next();
        } else if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(word);
        }
    }
    None
}

fn option(name: &str, value: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(value);
    option
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("croft: {why}");
    ExitCode::from(127)
}
