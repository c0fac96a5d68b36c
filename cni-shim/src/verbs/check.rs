//! CHECK: does the interface still hold its addresses?

use crate::error::Error;
use crate::grpc;
use crate::limits::CHECK;
use crate::parent::Parent;
use crate::proto::v1::{CheckRequest, ExpectedAddresses};
use crate::session::Session;

/// Compares the allocation with the previous result; without one, only asks whether there is an allocation. Addresses of
/// others in the previous result do no harm: it is the whole chain's.
pub fn run(session: &Session) -> Result<(), Error> {
    let addresses = session.conf.previous_addresses()?;
    let request = CheckRequest {
        attachment: Some(session.attachment()),
        expected: addresses.map(|addresses| ExpectedAddresses { addresses }),
    };
    let answer = session.agent().ask(&grpc::CHECK, &request, &CHECK, &session.start, &Parent::unwatched());
    answer.map(drop).map_err(|unanswered| unanswered.failure.into())
}
