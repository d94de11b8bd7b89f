//! Generates `libs/contracts` and `libs/contracts-grpc` from `proto/`, so that nobody needs protoc.
//! The output is checked in; a test proves it fresh.

mod forms;
pub mod golden;
mod impls;
#[cfg(test)]
mod tests;
mod validation;

use anyhow::Context as _;
use prost_types::FileDescriptorSet;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Folder of the generated messages, from the repository root.
const MESSAGES: &str = "libs/contracts/src/generated";
/// Folder of the generated clients and servers, from the repository root.
const SERVICES: &str = "libs/contracts-grpc/src/generated";

/// Writes every generated file below `root`, or with `check` only compares.
/// Returns the paths that were stale.
pub fn write(root: &Path, check: bool) -> anyhow::Result<Vec<String>> {
    let mut stale = Vec::new();
    for (path, content) in generate(root)? {
        let target = root.join(&path);
        if std::fs::read(&target).is_ok_and(|current| current == content) {
            continue;
        }
        stale.push(path);
        if !check {
            std::fs::create_dir_all(target.parent().context("a file has a folder")?)?;
            std::fs::write(&target, content)?;
        }
    }
    Ok(if check { stale } else { Vec::new() })
}

/// Every generated file: path from the repository root, content.
pub fn generate(root: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let compiler = compile(root, true)?;
    let (pool, all) = (compiler.descriptor_pool(), compiler.file_descriptor_set());
    let out = tempfile::tempdir()?;
    let mut generated = BTreeMap::new();
    messages(own(&all), &out.path().join("messages"))?;
    std::fs::write(out.path().join("messages/impls.rs"), impls::render(&pool))?;
    std::fs::write(out.path().join("messages/validation.rs"), validation::render(&pool))?;
    services(own(&all), &out.path().join("services"))?;
    read_into(&out.path().join("messages"), MESSAGES, &mut generated)?;
    read_into(&out.path().join("services"), SERVICES, &mut generated)?;
    // what reflection serves: with every option, without comments
    let descriptors = compile(root, false)?.encode_file_descriptor_set();
    generated.insert(format!("{SERVICES}/descriptors.bin"), descriptors);
    Ok(generated)
}

/// Everything below `proto/`.
fn compile(root: &Path, with_comments: bool) -> anyhow::Result<protox::Compiler> {
    let proto = root.join("proto");
    let mut files = Vec::new();
    collect(&proto.join("kinward"), &mut files)?;
    files.sort();
    let mut compiler = protox::Compiler::new([&proto])?;
    compiler.include_imports(true).include_source_info(with_comments);
    for file in &files {
        compiler.open_file(file.strip_prefix(&proto)?)?;
    }
    Ok(compiler)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

/// The set without vendored files: their types come from published crates.
fn own(all: &FileDescriptorSet) -> FileDescriptorSet {
    let wanted = |package: &str| package.starts_with("kinward.") || package == "google.protobuf";
    let file = all.file.iter().filter(|file| wanted(file.package())).cloned().collect();
    FileDescriptorSet { file }
}

fn messages(set: FileDescriptorSet, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out)?;
    let sealed = ["kinward.type.v1.Sealed", "kinward.type.v1.Binding"];
    // parts of reports, notices and endpoints that states keep as they are
    let kept = [
        "kinward.type.v1.ChildReference",
        "kinward.type.v1.DangerSigns",
        "kinward.reporting.v1.ReportedChild",
        "kinward.reporting.v1.Reporter",
        "kinward.notification.v1.NoticeSent",
        "kinward.notification.v1.Recipient",
        "kinward.notification.v1.About",
        "kinward.notification.v1.Endpoint",
        "kinward.notification.v1.QuietHours",
    ];
    let mut config = prost_build::Config::new();
    config.out_dir(out).enable_type_names().include_file("mod.rs").skip_debug([sealed[0]]);
    for name in sealed.into_iter().chain(kept) {
        // folded state holds sealed values, and snapshots store state
        config.type_attribute(name, "#[derive(serde::Serialize, serde::Deserialize)]");
    }
    Ok(config.compile_fds(set)?)
}

fn services(set: FileDescriptorSet, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out)?;
    tonic_prost_build::configure()
        .out_dir(out)
        .extern_path(".kinward", "::kinward_contracts")
        .include_file("mod.rs")
        .emit_rerun_if_changed(false)
        .compile_fds(set)?;
    Ok(())
}

fn read_into(folder: &Path, prefix: &str, generated: &mut BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
        generated.insert(format!("{prefix}/{name}"), std::fs::read(&path)?);
    }
    Ok(())
}
