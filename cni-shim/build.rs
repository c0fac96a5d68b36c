//! Generates the messages of the agent's API from the protos that the agent itself is built from.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let root = "../proto";
    let files = ["ipam_service", "allocation", "error_reason"].map(|name| format!("{root}/croft/v1/{name}.proto"));
    for file in &files {
        println!("cargo:rerun-if-changed={file}");
    }
    let well_known = protoc_bin_vendored::include_path()?;
    prost_build::Config::new()
        .protoc_executable(protoc_bin_vendored::protoc_bin_path()?)
        .compile_protos(&files, &[root.into(), well_known])?;
    Ok(())
}
