//! STATUS: could an ADD be served?
//!
//! Runtimes make the whole node unready on an error, so a short absence of the agent is none.

use crate::error::Error;
use crate::grpc::GET_STATUS;
use crate::limits::STATUS;
use crate::parent::Parent;
use crate::proto::v1::GetStatusRequest;
use crate::reason::Reason;
use crate::session::Session;
use crate::stamp;
use crate::verb::Verb;

/// Succeeds when the agent says it serves, or was healthy a moment ago. A refusal that time does not heal is told at once.
pub fn run(session: &Session) -> Result<(), Error> {
    let request = GetStatusRequest {};
    let answer = session.agent().ask(&GET_STATUS, &request, &STATUS, &session.start, &Parent::unwatched());
    let error = match answer {
        Ok(answer) if answer.serving => return Ok(()),
        Ok(answer) if answer.message.is_empty() => Error::own(Reason::NotServing, "the agent does not say why"),
        Ok(answer) => Error::own(Reason::NotServing, answer.message),
        Err(unanswered) => unanswered.failure.into(),
    };
    if matches!(error.code(Some(Verb::Status)), 50 | 104) && stamp::is_fresh(session.socket) {
        return Ok(());
    }
    Err(error)
}
