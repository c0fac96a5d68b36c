//! The agent of this node as the verbs see it: found by its socket, asked until an answer or a limit comes.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use prost::Message;
use rustix::fs::{FileType, stat};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use crate::clock::Start;
use crate::error::Error;
use crate::grpc::{self, CallError, Method};
use crate::limits::{LONGEST_PAUSE, Limits, SHORTEST_PAUSE};
use crate::parent::{Parent, Wake};
use crate::reason::Reason;
use crate::status::Status;
use crate::wire::Interrupt;

/// The agent behind one socket, and the id under which it logs what this process asks.
#[derive(Debug)]
pub struct Agent<'a> {
    /// The socket's path.
    pub socket: &'a str,
    /// 16 hex digits.
    pub request_id: &'a str,
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// It was never sent: nobody listens.
    Unreachable(String),
    /// It was never sent: who listens is not to be trusted.
    Untrusted(u32),
    /// It was never sent: it is longer than the agent takes.
    TooBig,
    /// The agent answered with an error.
    Refused(Status),
    /// It was sent, and the connection ended.
    Broken(String),
    /// It was sent, and what came is no answer.
    Unusable(String),
    /// It was sent, and nothing came in time.
    TimedOut,
    /// The caller died, before or after it was sent.
    Orphaned {
        /// Whether it was sent.
        sent: bool,
    },
}

/// A request without an answer, after all repetitions that its limits allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Unanswered {
    /// The last failure.
    pub failure: Failure,
    /// Whether some try may have been carried out all the same.
    pub outcome_unknown: bool,
}

impl Agent<'_> {
    /// Asks until there is an answer, a refusal that a repetition will not change, or no time.
    ///
    /// What may be lost on the way is repeated once at once, and then, like a missing socket, after pauses that together last
    /// no longer than the limit for waiting. All requests of the API may be repeated: the same one has the same effect.
    pub fn ask<Q: Message, A: Message + Default>(
        &self,
        method: &Method<Q, A>,
        request: &Q,
        limits: &Limits,
        start: &Start,
        parent: &Parent,
    ) -> Result<A, Unanswered> {
        let until = start.after(limits.calls_end);
        let mut call = limits.first_call;
        let mut waited = Duration::ZERO;
        let mut pause = SHORTEST_PAUSE;
        let mut outcome_unknown = false;
        loop {
            let failure = match self.try_once(method, request, call, until, parent) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let first_loss = failure.may_have_acted() && !outcome_unknown;
            if first_loss {
                outcome_unknown = true;
                call = limits.calls_end;
            }
            let orphaned = matches!(failure, Failure::Orphaned { .. });
            let again = failure.may_pass() && waited + pause <= limits.wait || first_loss && !orphaned;
            if !again || Instant::now() >= until {
                return Err(Unanswered { failure, outcome_unknown });
            }
            if !first_loss {
                if parent.wait(None, until.min(Instant::now() + pause)) == Wake::ParentGone {
                    return Err(Unanswered { failure: Failure::Orphaned { sent: false }, outcome_unknown });
                }
                waited += pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Asks once, for at most that long after the connection is made, and never beyond the second limit.
    pub fn try_once<Q: Message, A: Message + Default>(
        &self,
        method: &Method<Q, A>,
        request: &Q,
        call: Duration,
        until: Instant,
        parent: &Parent,
    ) -> Result<A, Failure> {
        let frame = grpc::frame(request).ok_or(Failure::TooBig)?;
        let socket = self.connect()?;
        if parent.is_gone() {
            return Err(Failure::Orphaned { sent: false });
        }
        let deadline = until.min(Instant::now() + call);
        grpc::call(socket, method, frame, self.request_id, deadline, parent).map_err(|error| match error {
            CallError::Refused(status) => Failure::Refused(status),
            CallError::Broken(text) => Failure::Broken(text),
            CallError::Unusable(text) => Failure::Unusable(text),
            CallError::Interrupted(Interrupt::TimedOut) => Failure::TimedOut,
            CallError::Interrupted(Interrupt::ParentGone) => Failure::Orphaned { sent: true },
        })
    }

    /// A connection to the agent. The socket must belong to root or to this process's user, so that nobody else on the
    /// machine can hand out addresses.
    fn connect(&self) -> Result<OwnedFd, Failure> {
        let unreachable = |errno: Errno| {
            let path = self.socket;
            Failure::Unreachable(match errno {
                Errno::NOENT | Errno::NOTDIR => format!("there is no socket {path}"),
                Errno::CONNREFUSED => format!("nobody listens on {path}"),
                Errno::AGAIN => format!("too many wait for {path}"),
                errno => format!("{path} cannot be reached: {errno}"),
            })
        };
        let owner = stat(self.socket).map_err(unreachable)?;
        if FileType::from_raw_mode(owner.st_mode) != FileType::Socket {
            return Err(Failure::Unreachable(format!("{} is not a socket", self.socket)));
        }
        if owner.st_uid != 0 && owner.st_uid != rustix::process::geteuid().as_raw() {
            return Err(Failure::Untrusted(owner.st_uid));
        }
        let address = SocketAddrUnix::new(self.socket).map_err(unreachable)?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).map_err(unreachable)?;
        connect(&socket, &address).map_err(unreachable)?;
        Ok(socket)
    }
}

impl Failure {
    /// Whether the agent may have done what was asked.
    pub fn may_have_acted(&self) -> bool {
        match self {
            Failure::Refused(status) => !status.is_decided(),
            Failure::Broken(_) | Failure::Unusable(_) | Failure::TimedOut => true,
            Failure::Orphaned { sent } => *sent,
            Failure::Unreachable(_) | Failure::Untrusted(_) | Failure::TooBig => false,
        }
    }

    /// Whether it may be over in a moment.
    fn may_pass(&self) -> bool {
        match self {
            Failure::Unreachable(_) | Failure::Broken(_) | Failure::TimedOut => true,
            // UNAVAILABLE without a reason comes from below the agent's own code: it starts or ends.
            Failure::Refused(status) => status.is_not_ready() || status.code == 14 && status.reason().is_none(),
            Failure::Untrusted(_) | Failure::TooBig | Failure::Unusable(_) | Failure::Orphaned { .. } => false,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Unreachable(text) | Failure::Broken(text) => Error::own(Reason::AgentUnavailable, text),
            Failure::Untrusted(uid) => {
                Error::own(Reason::AgentUntrusted, format!("the agent's socket belongs to user {uid}"))
            }
            Failure::TooBig => Error::own(Reason::RequestTooBig, format!("more than {} bytes", grpc::LONGEST_MESSAGE)),
            Failure::Refused(status) => Error::Agent(status),
            Failure::Unusable(text) => Error::own(Reason::AnswerUnusable, format!("the agent's answer: {text}")),
            Failure::TimedOut => Error::own(Reason::AgentTimeout, "the agent did not answer in time"),
            Failure::Orphaned { .. } => Error::own(Reason::Orphaned, "the caller is gone"),
        }
    }
}
