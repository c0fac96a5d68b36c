//! Croft's CNI IPAM plugin: translates the calls of a container runtime for the agent of its node.
//!
//! One process serves one call: environment and stdin in, one request over a Unix socket, one document or nothing out. It
//! validates everything before it asks, asks within limits of its own ([`limits`]), and takes an ADD back whose result
//! nobody will use. It holds no state but the [`spool`] of releases that the agent must still hear of.
//!
//! The texts and codes of errors that the CNI reference library defines are that library's; the others name a [`reason`].

use std::os::fd::AsFd;
use std::time::Instant;

use crate::clock::Start;
use crate::conf::{Conf, DEFAULT_SOCKET};
use crate::error::{Context, Error};
use crate::invocation::Invocation;
use crate::parent::Parent;
use crate::reason::Reason;
use crate::session::Session;
use crate::verb::Verb;

pub mod admission;
pub mod agent;
pub mod args;
pub mod choice;
pub mod clock;
pub mod conf;
pub mod error;
pub mod grpc;
pub mod input;
pub mod invocation;
pub mod limits;
pub mod netns;
pub mod output;
pub mod parent;
pub mod proto;
pub mod reason;
pub mod refusal;
pub mod result;
pub mod session;
pub mod spool;
pub mod stamp;
pub mod status;
pub mod suggest;
pub mod verb;
pub mod verbs;
pub mod version;
pub mod wire;

/// Serves the call that this process was started for. Returns the exit code.
pub fn run() -> u8 {
    let start = Start::now();
    let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    if variable("CNI_COMMAND").unwrap_or_default().is_empty() {
        let versions = version::SUPPORTED.join(", ");
        let version = env!("CARGO_PKG_VERSION");
        let about = format!("CNI plugin croft v{version}\nCNI protocol versions supported: {versions}\n");
        write(std::io::stderr().as_fd(), about.as_bytes());
        return 0;
    }
    let mut context = Context { request_id: session::request_id(&start), ..Context::default() };
    let outcome = Invocation::read(variable).and_then(|invocation| serve(start, &invocation, &mut context));
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            if let Ok(mut report) = serde_json::to_vec(&error.report(&context)) {
                report.push(b'\n');
                write(std::io::stdout().as_fd(), &report);
            }
            1
        }
    }
}

/// For texts after which nothing is left to do, whether they were read or not. They have time of their own: a call that used
/// up its limit must say so.
fn write(output: std::os::fd::BorrowedFd<'_>, bytes: &[u8]) {
    let _ = output::write_all(output, bytes, Instant::now() + limits::LAST_WORD, &Parent::unwatched());
}

fn serve(start: Start, invocation: &Invocation, context: &mut Context) -> Result<(), Error> {
    context.verb = invocation.verb();
    session::describe(context, invocation, "?");
    let limits = match context.verb {
        Some(Verb::Version) => return print_versions(),
        Some(Verb::Add) => &limits::ADD,
        Some(Verb::Check) => &limits::CHECK,
        Some(Verb::Gc) => &limits::GC,
        Some(Verb::Status) => &limits::STATUS,
        Some(Verb::Del) | None => &limits::DEL,
    };
    // Only an ADD does harm when it goes on alone.
    let (stdin, stdout) = (std::io::stdin(), std::io::stdout());
    let parent = if context.verb == Some(Verb::Add) { Parent::watch(stdout.as_fd()) } else { Parent::unwatched() };
    if context.verb == Some(Verb::Add) && output::is_missing(stdout.as_fd()) {
        return Err(Error::own(Reason::OutputClosed, "there is no stdout to tell the result to"));
    }
    let bytes = input::read_all(stdin.as_fd(), start.after(limits.calls_end), &parent)?;
    let conf = Conf::parse(&bytes)?;
    session::describe(context, invocation, conf.name());
    let Some(verb) = context.verb else {
        let text = format!("unknown CNI_COMMAND: {}", invocation.command);
        return Err(Error::reference(Reason::VerbUnknown, text, ""));
    };
    let version = conf.version()?;
    admission::admit(verb, &version)?;
    context.cni_version = Some(version.clone());
    let socket = match conf.socket() {
        Ok(socket) => socket,
        // A pod must be deletable, whatever became of the configuration.
        Err(_) if verb == Verb::Del => DEFAULT_SOCKET.to_owned(),
        Err(error) => return Err(error),
    };
    let request_id = context.request_id.clone();
    let session =
        Session { start, invocation, conf: &conf, version: &version, socket: &socket, request_id: &request_id };
    match verb {
        Verb::Add => verbs::add::run(&session, &parent, stdout.as_fd()),
        Verb::Del => verbs::del::run(&session),
        Verb::Check => verbs::check::run(&session),
        Verb::Gc => verbs::gc::run(&session),
        Verb::Status => verbs::status::run(&session),
        Verb::Version => Ok(()),
    }
}

/// VERSION reads no stdin, which may be a terminal.
fn print_versions() -> Result<(), Error> {
    let document = serde_json::json!({ "cniVersion": version::NEWEST, "supportedVersions": version::SUPPORTED });
    write(std::io::stdout().as_fd(), format!("{document}\n").as_bytes());
    Ok(())
}
