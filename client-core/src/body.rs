//! Reading an answer's body under a cap.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_LENGTH;

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum BodyError {
    TooLarge,
    Slow,
    Broken(reqwest::Error),
}

/// Reads at most `cap` bytes, counted after decompression: a bomb has a small length on the wire.
pub(crate) async fn read(
    mut response: Response,
    cap: usize,
    read_timeout: Duration,
) -> Result<Vec<u8>, BodyError> {
    let announced = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > cap {
        return Err(BodyError::TooLarge);
    }
    // The announced length may be a lie, so it reserves little.
    let mut body = Vec::with_capacity(announced.min(1 << 20));
    loop {
        match tokio::time::timeout(read_timeout, response.chunk()).await {
            Err(_) => return Err(BodyError::Slow),
            Ok(Err(error)) => return Err(BodyError::Broken(error)),
            Ok(Ok(None)) => return Ok(body),
            Ok(Ok(Some(chunk))) => {
                if chunk.len() > cap - body.len() {
                    return Err(BodyError::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
        }
    }
}
