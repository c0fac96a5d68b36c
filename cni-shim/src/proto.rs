//! The messages that go over the socket: the agent's own, generated, and the two of `google.rpc` that its errors use.

/// Messages of `croft.v1`, generated from the project's protos.
#[allow(missing_docs, clippy::all)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/croft.v1.rs"));
}

/// `google.rpc.Status`: what `grpc-status-details-bin` holds.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RpcStatus {
    /// The gRPC status code.
    #[prost(int32, tag = "1")]
    pub code: i32,
    /// One sentence for people.
    #[prost(string, tag = "2")]
    pub message: String,
    /// Typed facts; the agent puts an [`ErrorInfo`] among them.
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<prost_types::Any>,
}

/// `google.rpc.ErrorInfo`: why, in a form that programs can compare.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ErrorInfo {
    /// An `ErrorReason` of the API without its prefix.
    #[prost(string, tag = "1")]
    pub reason: String,
    /// Who defines the reason: `croft`.
    #[prost(string, tag = "2")]
    pub domain: String,
    /// `action`, `remedy` and the facts of the reason.
    #[prost(map = "string, string", tag = "3")]
    pub metadata: std::collections::HashMap<String, String>,
}

/// The type of an [`ErrorInfo`] inside a [`prost_types::Any`].
pub const ERROR_INFO_TYPE: &str = "type.googleapis.com/google.rpc.ErrorInfo";
