//! GC: free what a network's vanished interfaces hold.

use crate::agent::Failure;
use crate::error::Error;
use crate::grpc::COLLECT_GARBAGE;
use crate::limits::GC;
use crate::parent::Parent;
use crate::proto::v1::{CollectGarbageRequest, ValidAttachment};
use crate::reason::Reason;
use crate::session::Session;

/// Hands the list over whole or not at all: a shortened one would free what is in use.
pub fn run(session: &Session) -> Result<(), Error> {
    let valid: Vec<ValidAttachment> = session
        .conf
        .valid_interfaces()?
        .into_iter()
        .map(|valid| ValidAttachment { container_id: valid.container_id, interface_name: valid.ifname })
        .collect();
    let listed = valid.len();
    let request = CollectGarbageRequest {
        network: session.conf.name().to_owned(),
        valid,
        began_since_boot: Some(session.start.stamp()),
    };
    let answer = session.agent().ask(&COLLECT_GARBAGE, &request, &GC, &session.start, &Parent::unwatched());
    answer.map(drop).map_err(|unanswered| match unanswered.failure {
        Failure::TooBig => Error::own(Reason::RequestTooBig, format!("{listed} attachments in the list of a GC")),
        failure => failure.into(),
    })
}
