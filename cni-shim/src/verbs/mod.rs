//! What each verb does, between a checked call and an answer.

pub mod add;
pub mod check;
pub mod del;
pub mod gc;
pub mod status;
