//! Keys of 32 bytes, each in a file of its own that nobody else reads, in hexadecimal.

use anyhow::Context as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Makes a key; refuses to write over a file.
pub(crate) fn make(path: &Path) -> anyhow::Result<[u8; 32]> {
    let key: [u8; 32] = rand::random();
    let mut options = std::fs::File::options();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    let written =
        made.and_then(|mut file| file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all()));
    written.with_context(|| about(path))?;
    Ok(key)
}

/// Reads a key.
pub(crate) fn read(path: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(path).with_context(|| about(path))?;
    let key = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    key.with_context(|| format!("{}: 不是64位十六进制  not 64 hexadecimal digits", about(path)))
}

fn about(path: &Path) -> String {
    format!("密钥文件  key file {}", path.display())
}
