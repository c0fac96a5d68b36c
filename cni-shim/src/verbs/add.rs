//! ADD: addresses for one interface, or nothing at all.
//!
//! Whatever goes wrong after the request may have reached the agent is taken back, unless the agent said that it changed
//! nothing. A lost answer is first asked for again, with the same key and stamp, because that gives the same addresses.

use std::os::fd::BorrowedFd;

use crate::agent::Failure;
use crate::args::CniArgs;
use crate::choice::Choice;
use crate::error::Error;
use crate::grpc::{ALLOCATE, RELEASE};
use crate::invocation::LONGEST_CONTAINER_ID;
use crate::limits::ADD;
use crate::netns::{self, Look};
use crate::output::{self, Unwritten};
use crate::parent::Parent;
use crate::proto::v1::{AllocateRequest, Allocation, Netns, ReleaseRequest, Workload};
use crate::reason::Reason;
use crate::result;
use crate::session::Session;
use crate::spool;

/// Asks for the addresses and prints the result.
pub fn run(session: &Session, parent: &Parent, output: BorrowedFd<'_>) -> Result<(), Error> {
    let (request, looked) = validate(session)?;
    let answer = session.agent().ask(&ALLOCATE, &request, &ADD, &session.start, parent);
    let allocation = match answer {
        Ok(answer) => answer.allocation.unwrap_or_default(),
        Err(unanswered) => {
            if unanswered.outcome_unknown {
                undo(session);
            }
            return Err(explain(unanswered.failure));
        }
    };
    deliver(session, &allocation, looked, parent, output).inspect_err(|_| undo(session))
}

/// Everything that can be refused before the agent is asked.
fn validate(session: &Session) -> Result<(AllocateRequest, Look), Error> {
    let invocation = session.invocation;
    if invocation.container_id.len() > LONGEST_CONTAINER_ID {
        let length = invocation.container_id.len();
        let text = format!("CNI_CONTAINERID has {length} characters, at most {LONGEST_CONTAINER_ID} are allowed");
        return Err(Error::own(Reason::EnvInvalid, text));
    }
    let args = CniArgs::parse(&invocation.args)?;
    let choice = Choice::read(session.conf, &args)?;
    let looked = netns::look(&invocation.netns);
    let identity = match looked {
        Look::There(identity) => Some(identity),
        Look::Absent => {
            return Err(Error::own(Reason::NetnsMissing, format!("CNI_NETNS {:?} does not exist", invocation.netns)));
        }
        Look::Unknown => None,
    };
    if identity.is_some() && looked == netns::own() && !invocation.allows_own_netns() {
        let text = "plugin's netns and netns from CNI_NETNS should not be the same";
        return Err(Error::reference(Reason::NetnsIsOwn, text, ""));
    }
    let netns = Netns {
        path: invocation.netns.clone(),
        device: identity.map_or(0, |identity| identity.device),
        inode: identity.map_or(0, |identity| identity.inode),
    };
    let request = AllocateRequest {
        attachment: Some(session.attachment()),
        began_since_boot: Some(session.start.stamp()),
        pools: choice.pools,
        addresses: choice.addresses,
        workload: Some(Workload { namespace: args.namespace, pod: args.pod, uid: args.uid, netns: Some(netns) }),
        plugin: session.conf.plugin(),
    };
    Ok((request, looked))
}

fn explain(failure: Failure) -> Error {
    match failure {
        Failure::TooBig => Error::own(Reason::RequestTooBig, "the lists of pools and addresses and the pod's labels"),
        failure => failure.into(),
    }
}

/// Hands the result to the caller, if the pod and the caller are still there.
fn deliver(
    session: &Session,
    allocation: &Allocation,
    looked: Look,
    parent: &Parent,
    output: BorrowedFd<'_>,
) -> Result<(), Error> {
    let bytes = result::encode(session.version, allocation)
        .map_err(|what| Error::own(Reason::AnswerUnusable, format!("the agent's answer: {what}")))?;
    let netns = &session.invocation.netns;
    if matches!(looked, Look::There(_)) && netns::look(netns) != looked {
        return Err(Error::own(Reason::NetnsGone, format!("CNI_NETNS {netns:?} vanished during the call")));
    }
    output::write_all(output, &bytes, session.start.after(ADD.calls_end), parent).map_err(|why| match why {
        Unwritten::Closed => Error::own(Reason::OutputClosed, "nobody reads the result"),
        Unwritten::ParentGone => Error::own(Reason::Orphaned, "the caller is gone"),
    })
}

/// Takes this ADD back. What cannot be delivered in the time kept for it is spooled; if that fails too, the agent's own look
/// at namespaces finds it, and the caller's error is the one that counts.
fn undo(session: &Session) {
    let request = ReleaseRequest {
        attachment: Some(session.attachment()),
        began_since_boot: Some(session.start.stamp()),
        sequence: None,
        undo: true,
    };
    let kept_time = ADD.total - ADD.calls_end;
    let until = session.start.after(ADD.total);
    let released = session.agent().try_once(&RELEASE, &request, kept_time, until, &Parent::unwatched());
    if released.is_err() {
        let _ = spool::keep(session.socket, &session.attachment(), session.start.boot_nanos, true, session.request_id);
    }
}
