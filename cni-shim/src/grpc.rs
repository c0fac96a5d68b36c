//! One unary gRPC call over one connection: HTTP/2 by its library, the message frame by hand, as no library offers it alone.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use bytes::{BufMut, Bytes, BytesMut};
use h2::client::{Builder, ResponseFuture, SendRequest};
use http::{HeaderMap, Request};
use prost::Message;

use crate::parent::Parent;
use crate::proto::v1;
use crate::status::Status;
use crate::wire::{Interrupt, Wire};

/// The most bytes that the agent takes as a message, and that are taken from it.
pub const LONGEST_MESSAGE: usize = 64 * 1024;

/// A flag that says "not compressed" and the length in four bytes.
const FRAME_HEAD: usize = 5;

/// One method of the agent, with the types of its messages.
pub struct Method<Q, A>(&'static str, PhantomData<fn(Q) -> A>);

/// `IpamService.Allocate`.
pub const ALLOCATE: Method<v1::AllocateRequest, v1::AllocateResponse> = method("Allocate");
/// `IpamService.Release`.
pub const RELEASE: Method<v1::ReleaseRequest, v1::ReleaseResponse> = method("Release");
/// `IpamService.Check`.
pub const CHECK: Method<v1::CheckRequest, v1::CheckResponse> = method("Check");
/// `IpamService.CollectGarbage`.
pub const COLLECT_GARBAGE: Method<v1::CollectGarbageRequest, v1::CollectGarbageResponse> = method("CollectGarbage");
/// `IpamService.GetStatus`.
pub const GET_STATUS: Method<v1::GetStatusRequest, v1::GetStatusResponse> = method("GetStatus");

const fn method<Q, A>(name: &'static str) -> Method<Q, A> {
    Method(name, PhantomData)
}

/// Why a call that was sent has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum CallError {
    /// The agent answered with an error.
    Refused(Status),
    /// The connection ended first.
    Broken(String),
    /// What came is not an answer to this call.
    Unusable(String),
    /// It was not awaited any longer.
    Interrupted(Interrupt),
}

/// A request as it goes on the wire. None when it is longer than the agent takes.
pub fn frame(request: &impl Message) -> Option<Bytes> {
    let length = request.encoded_len();
    if length > LONGEST_MESSAGE {
        return None;
    }
    let mut frame = BytesMut::with_capacity(FRAME_HEAD + length);
    frame.put_u8(0);
    frame.put_u32(length as u32);
    request.encode(&mut frame).ok()?;
    Some(frame.freeze())
}

/// Sends a request over a connected, non-blocking socket and waits for the answer.
pub fn call<Q, A: Message + Default>(
    socket: OwnedFd,
    method: &Method<Q, A>,
    frame: Bytes,
    request_id: &str,
    deadline: Instant,
    parent: &Parent,
) -> Result<A, CallError> {
    let (wire, pipe) = Wire::new(socket);
    let left = deadline.saturating_duration_since(Instant::now()).as_millis();
    let request = Request::post(format!("http://localhost/croft.v1.IpamService/{}", method.0))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-timeout", format!("{}m", left.clamp(1, 99_999_999)))
        .header("user-agent", concat!("croft-shim/", env!("CARGO_PKG_VERSION")))
        .header("croft-request-id", request_id)
        .body(())
        .map_err(|error| CallError::Unusable(error.to_string()))?;
    let exchange = async {
        let handshake = Builder::new().enable_push(false).max_header_list_size(16 * 1024).handshake(pipe);
        let (sender, connection) = handshake.await.map_err(broken)?;
        let mut connection = pin!(connection);
        let mut answer = pin!(converse(sender, request, frame));
        poll_fn(|context| {
            if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            let end = match connection.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) => CallError::Broken("the agent closed the connection".to_owned()),
                Poll::Ready(Err(error)) => broken(error),
            };
            // The answer may have come just before the end.
            match answer.as_mut().poll(context) {
                Poll::Ready(Ok(answer)) => Poll::Ready(Ok(answer)),
                Poll::Ready(Err(error @ (CallError::Refused(_) | CallError::Unusable(_)))) => Poll::Ready(Err(error)),
                _ => Poll::Ready(Err(end)),
            }
        })
        .await
    };
    let body = wire.drive(exchange, deadline, parent).map_err(CallError::Interrupted)??;
    A::decode(message(&body)?).map_err(|error| CallError::Unusable(format!("its message is damaged: {error}")))
}

/// An error that this end found in what the other sent is not cured by another connection.
fn broken(error: h2::Error) -> CallError {
    if error.is_library() && !error.is_io() {
        return CallError::Unusable(format!("it is not HTTP/2: {error}"));
    }
    CallError::Broken(format!("the connection to the agent broke: {error}"))
}

/// The request out, the whole body in. An error of the agent's comes as [`CallError::Refused`].
async fn converse(mut sender: SendRequest<Bytes>, request: Request<()>, frame: Bytes) -> Result<BytesMut, CallError> {
    let (response, mut stream) = sender.send_request(request, false).map_err(broken)?;
    stream.send_data(frame, true).map_err(broken)?;
    receive(response).await
}

async fn receive(response: ResponseFuture) -> Result<BytesMut, CallError> {
    let (head, mut stream) = response.await.map_err(broken)?.into_parts();
    if head.status != 200 {
        return Err(CallError::Unusable(format!("HTTP status {}", head.status.as_u16())));
    }
    if head.headers.contains_key("grpc-status") {
        return settle(&head.headers, BytesMut::new());
    }
    let mut body = BytesMut::new();
    while let Some(part) = stream.data().await {
        let part = part.map_err(broken)?;
        if body.len() + part.len() > FRAME_HEAD + LONGEST_MESSAGE {
            return Err(CallError::Unusable(format!("its message is longer than {LONGEST_MESSAGE} bytes")));
        }
        stream.flow_control().release_capacity(part.len()).map_err(broken)?;
        body.extend_from_slice(&part);
    }
    match stream.trailers().await.map_err(broken)? {
        Some(trailers) => settle(&trailers, body),
        None => Err(CallError::Unusable("it has no trailers".to_owned())),
    }
}

fn settle(trailers: &HeaderMap, body: BytesMut) -> Result<BytesMut, CallError> {
    match Status::from_trailers(trailers) {
        Some(status) if status.is_ok() => Ok(body),
        Some(status) => Err(CallError::Refused(status)),
        None => Err(CallError::Unusable("it has no gRPC status".to_owned())),
    }
}

/// The one message in a body.
fn message(body: &[u8]) -> Result<&[u8], CallError> {
    match body {
        [0, a, b, c, d, message @ ..] if u32::from_be_bytes([*a, *b, *c, *d]) as usize == message.len() => Ok(message),
        _ => Err(CallError::Unusable(format!("its {} bytes are not one message", body.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_flag_a_length_and_the_message() {
        let request = v1::ReleaseRequest { undo: true, ..Default::default() };
        assert_eq!(frame(&request).unwrap().as_ref(), [0, 0, 0, 0, 2, 0x20, 1]);
        assert_eq!(message(&[0, 0, 0, 0, 2, 0x20, 1]), Ok(&[0x20, 1][..]));
    }

    #[test]
    fn a_body_that_is_not_one_plain_message_is_unusable() {
        for body in [&[][..], &[0, 0, 0, 0], &[1, 0, 0, 0, 0], &[0, 0, 0, 0, 1], &[0, 0, 0, 0, 0, 0]] {
            assert!(matches!(message(body), Err(CallError::Unusable(_))), "{body:?}");
        }
    }

    #[test]
    fn a_request_longer_than_the_agent_takes_has_no_frame() {
        let with = |length: usize| v1::CollectGarbageRequest { network: "x".repeat(length), ..Default::default() };
        assert!(frame(&with(LONGEST_MESSAGE - 4)).is_some());
        assert!(frame(&with(LONGEST_MESSAGE - 3)).is_none());
    }
}
