//! DEL: take the addresses back, now or as soon as the agent is there.
//!
//! Neither containerd nor CRI-O surely repeats a DEL that failed, so what the agent cannot take now is spooled.

use crate::agent::Failure;
use crate::error::Error;
use crate::grpc::RELEASE;
use crate::invocation::LONGEST_CONTAINER_ID;
use crate::limits::DEL;
use crate::parent::Parent;
use crate::proto::v1::ReleaseRequest;
use crate::session::Session;
use crate::spool;
use crate::verb::Verb;

/// Releases the attachment. Nothing but the key matters: the namespace, the pool and the previous result may be long gone.
pub fn run(session: &Session) -> Result<(), Error> {
    if session.invocation.container_id.len() > LONGEST_CONTAINER_ID {
        // No ADD can have succeeded.
        return Ok(());
    }
    let request = ReleaseRequest {
        attachment: Some(session.attachment()),
        began_since_boot: Some(session.start.stamp()),
        sequence: None,
        undo: false,
    };
    let alone = Parent::unwatched();
    let failure = match session.agent().ask(&RELEASE, &request, &DEL, &session.start, &alone) {
        Ok(_) => return Ok(()),
        Err(unanswered) => unanswered.failure,
    };
    if is_nobodys(&failure) {
        return Ok(());
    }
    let undecided = failure.may_have_acted();
    let error = Error::from(failure);
    if error.code(Some(Verb::Del)) != 11 && !undecided {
        return Err(error);
    }
    let kept = spool::keep(session.socket, &session.attachment(), session.start.boot_nanos, false, session.request_id)?;
    // The agent may have looked at the spool just before, and bound its socket since.
    let late =
        session.agent().try_once(&RELEASE, &request, DEL.total - DEL.calls_end, session.start.after(DEL.total), &alone);
    if late.is_ok() {
        kept.remove();
    }
    Ok(())
}

/// NOT_FOUND: it holds nothing, which is what DEL wants. INVALID_FIELD: no ADD of such a name can have passed, and a DEL that
/// fails for good would keep the pod terminating.
fn is_nobodys(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(status) if status.code == 5 || status.reason() == Some("INVALID_FIELD"))
}
