//! One call of the plugin: what all verbs share once environment and configuration are read.

use crate::agent::Agent;
use crate::clock::Start;
use crate::conf::Conf;
use crate::error::Context;
use crate::invocation::Invocation;
use crate::proto::v1::Attachment;

/// The facts of one call, checked.
#[derive(Debug)]
pub struct Session<'a> {
    /// When the process began.
    pub start: Start,
    /// The environment.
    pub invocation: &'a Invocation,
    /// The configuration.
    pub conf: &'a Conf<'a>,
    /// The version to answer in.
    pub version: &'a str,
    /// Where the agent listens.
    pub socket: &'a str,
    /// 16 hex digits.
    pub request_id: &'a str,
}

impl Session<'_> {
    /// The key of the interface that the call is about.
    pub fn attachment(&self) -> Attachment {
        Attachment {
            network: self.conf.name().to_owned(),
            container_id: self.invocation.container_id.clone(),
            interface_name: self.invocation.interface.clone(),
        }
    }

    /// The agent to ask.
    pub fn agent(&self) -> Agent<'_> {
        Agent { socket: self.socket, request_id: self.request_id }
    }
}

/// A new request id. Two processes never share one but by chance.
pub fn request_id(start: &Start) -> String {
    let mut bytes = [0; 8];
    let random = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::NONBLOCK);
    if random != Ok(bytes.len()) {
        // Early in the boot; a name for a log line needs no more.
        bytes = (start.boot_nanos ^ u64::from(std::process::id()).rotate_left(32)).to_be_bytes();
    }
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// Fills in what an error says of the call, as far as it is known.
pub fn describe(context: &mut Context, invocation: &Invocation, network: &str) {
    if let Ok(args) = crate::args::CniArgs::parse(&invocation.args) {
        context.pod = args.pod_name();
    }
    if !invocation.container_id.is_empty() {
        context.attachment = Some(format!("{network}/{}/{}", invocation.container_id, invocation.interface));
    }
}
