//! The fake agent: real HTTP/2, answers by the test.

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::{BufMut, Bytes, BytesMut};
use croft_shim::proto::{ERROR_INFO_TYPE, ErrorInfo, RpcStatus};
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Request, Response};
use prost::Message;
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};

/// One request as the agent saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub authority: String,
    pub scheme: String,
    pub headers: HeaderMap,
    pub message: Vec<u8>,
}

impl Seen {
    pub fn decode<M: Message + Default>(&self) -> M {
        M::decode(self.message.as_slice()).expect("a message")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// What the agent does with a request.
pub enum Answer {
    Message(Vec<u8>),
    Refuse(Refusal),
    /// A body and trailers as they are.
    Raw(Vec<u8>, Vec<(&'static str, String)>),
    /// An HTTP status and nothing else.
    Http(u16),
    /// No answer while the connection lives.
    Hang,
    /// The end of the connection.
    Drop,
}

/// An error of the agent's.
#[derive(Clone, Default)]
pub struct Refusal {
    pub code: i32,
    pub message: String,
    /// Empty: an error from below the agent's own code.
    pub reason: String,
    pub remedy: String,
}

pub fn answer(message: impl Message) -> Answer {
    Answer::Message(message.encode_to_vec())
}

/// An agent that listens in a directory of its own.
pub struct FakeAgent {
    dir: TempDir,
    seen: Receiver<Seen>,
}

impl FakeAgent {
    /// Only the directory: nobody listens.
    pub fn absent() -> FakeAgent {
        let (_, seen) = channel();
        FakeAgent { dir: tempfile::tempdir().unwrap(), seen }
    }

    pub fn start(handler: impl FnMut(&Seen) -> Answer + Send + 'static) -> FakeAgent {
        let mut agent = FakeAgent::absent();
        agent.listen(handler);
        agent
    }

    /// Begins to listen; the socket is there when this returns.
    pub fn listen(&mut self, mut handler: impl FnMut(&Seen) -> Answer + Send + 'static) {
        let (sender, seen) = channel();
        self.seen = seen;
        let listener = std::os::unix::net::UnixListener::bind(self.socket()).unwrap();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, async move {
                let listener = UnixListener::from_std(listener).unwrap();
                let handler = std::rc::Rc::new(std::cell::RefCell::new(move |seen: Seen| {
                    let answer = handler(&seen);
                    let _ = sender.send(seen);
                    answer
                }));
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let handler = handler.clone();
                    tokio::task::spawn_local(
                        async move { serve(stream, &mut |seen| handler.borrow_mut()(seen)).await },
                    );
                }
            });
        });
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("cni.sock")
    }

    /// The next request, awaited.
    pub fn next(&self) -> Seen {
        self.seen.recv_timeout(Duration::from_secs(30)).expect("a request")
    }

    /// The requests that came so far and were not taken.
    pub fn rest(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }

    /// Names of the calls that came so far and were not taken.
    pub fn rest_methods(&self) -> Vec<String> {
        self.rest().into_iter().map(|seen| seen.method).collect()
    }

    /// The entries of the spool, by name.
    pub fn spooled(&self) -> Vec<(String, serde_json::Value)> {
        let Ok(entries) = std::fs::read_dir(self.dir().join("spool")) else {
            return Vec::new();
        };
        let mut entries: Vec<_> = entries
            .map(|entry| {
                let path = entry.unwrap().path();
                let json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                (path.file_name().unwrap().to_str().unwrap().to_owned(), json)
            })
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries
    }

    /// Writes the agent's sign of health.
    pub fn stamp(&self, boot_id: &str, boot_nanos: u64) {
        let stamp = serde_json::json!({
            "install_id": "i", "boot_id": boot_id, "boot_nanos": boot_nanos, "journal_sequence": 7
        });
        std::fs::write(self.dir().join("healthy"), stamp.to_string()).unwrap();
    }
}

async fn serve(stream: UnixStream, handler: &mut dyn FnMut(Seen) -> Answer) {
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    let mut hung = Vec::new();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let seen = {
            let mut read = std::pin::pin!(read(request));
            poll_fn(|context| {
                let _ = connection.poll_closed(context);
                read.as_mut().poll(context)
            })
            .await
        };
        match handler(seen) {
            Answer::Message(message) => reply(&mut respond, frame(&message), trailers(&[("grpc-status", "0".into())])),
            Answer::Refuse(refusal) => refuse(&mut respond, &refusal),
            Answer::Raw(body, pairs) => reply(&mut respond, body.into(), trailers(&pairs)),
            Answer::Http(status) => {
                let response = Response::builder().status(status).body(()).unwrap();
                let _ = respond.send_response(response, true);
            }
            Answer::Hang => hung.push(respond),
            Answer::Drop => return,
        }
    }
}

async fn read(request: Request<h2::RecvStream>) -> Seen {
    let (head, mut stream) = request.into_parts();
    let mut body = BytesMut::new();
    while let Some(Ok(part)) = stream.data().await {
        let _ = stream.flow_control().release_capacity(part.len());
        body.extend_from_slice(&part);
    }
    Seen {
        method: head.uri.path().trim_start_matches("/croft.v1.IpamService/").to_owned(),
        authority: head.uri.authority().map_or(String::new(), ToString::to_string),
        scheme: head.uri.scheme_str().unwrap_or_default().to_owned(),
        headers: head.headers,
        message: body[5..].to_vec(),
    }
}

fn frame(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(message.len() as u32);
    frame.extend_from_slice(message);
    frame.freeze()
}

fn trailers(pairs: &[(&'static str, String)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

fn head() -> Response<()> {
    Response::builder().header("content-type", "application/grpc").body(()).unwrap()
}

fn reply(respond: &mut SendResponse<Bytes>, body: Bytes, trailers: HeaderMap) {
    if let Ok(mut stream) = respond.send_response(head(), false) {
        let _ = stream.send_data(body, false);
        let _ = stream.send_trailers(trailers);
    }
}

/// An error as grpc-java sends it: headers and trailers in one.
fn refuse(respond: &mut SendResponse<Bytes>, refusal: &Refusal) {
    let mut response = head();
    let headers = response.headers_mut();
    headers.insert("grpc-status", refusal.code.into());
    headers.insert("grpc-message", HeaderValue::from_str(&refusal.message.replace('"', "%22")).unwrap());
    if !refusal.reason.is_empty() {
        let info = ErrorInfo {
            reason: refusal.reason.clone(),
            domain: "croft".into(),
            metadata: [("remedy".to_owned(), refusal.remedy.clone())].into(),
        };
        let details = vec![prost_types::Any { type_url: ERROR_INFO_TYPE.into(), value: info.encode_to_vec() }];
        let status = RpcStatus { code: refusal.code, message: refusal.message.clone(), details };
        let text = STANDARD_NO_PAD.encode(status.encode_to_vec());
        headers.insert("grpc-status-details-bin", HeaderValue::from_str(&text).unwrap());
    }
    let _ = respond.send_response(response, true);
}
