//! Files handed in with appeals: taken as they are, and given out for download only.

use chrono::{DateTime, Utc};
use poem_openapi::param::Path;
use poem_openapi::payload::{Binary, Json};
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{ActError, GetError};
use super::page;
use crate::app::{Evidence, EvidenceOrder};

/// A file of an appeal.
#[derive(Object)]
pub(super) struct EvidenceFile {
    id: Uuid,
    name: String,
    /// By the file's content.
    media_type: String,
    bytes: i64,
    sha256: String,
    added_at: DateTime<Utc>,
}

pub(super) fn evidence(found: Evidence) -> EvidenceFile {
    let Evidence { public_id, appeal_id: _, name, media_type, bytes, sha256, added_at } = found;
    EvidenceFile { id: public_id, name, media_type, bytes, sha256, added_at }
}

#[derive(ApiResponse)]
enum Download {
    #[oai(status = 200)]
    File(
        Binary<Vec<u8>>,
        /// Always `attachment`, with the file's name.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

pub struct EvidenceApi;

#[OpenApi(tag = "Resource::Appeals")]
impl EvidenceApi {
    /// Hand in a file with your own open appeal
    ///
    /// PDF, PNG, JPEG, XLSX, or a text or CSV in UTF-8, by content; at most 5 MiB each and ten an appeal.
    #[oai(path = "/appeals/:id/evidence/:name", method = "post", operation_id = "add_evidence")]
    async fn add(
        &self,
        app: Caller,
        id: Path<String>,
        /// The file's name, whose ending says what it is
        name: Path<String>,
        content: Binary<Vec<u8>>,
    ) -> Result<Json<EvidenceFile>, ActError> {
        let order = EvidenceOrder { appeal: page::id(&id.0)?, name: &name.0, content: content.0 };
        Ok(Json(evidence(app.add_evidence(order).await?)))
    }

    /// Download a file of an appeal
    ///
    /// For the agent, those who decide appeals of the unit, and auditors. Always a download, never shown by the browser.
    #[oai(path = "/evidence/:id", method = "get", operation_id = "get_evidence")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<Download, GetError> {
        let file = app.evidence(page::id(&id.0)?).await?;
        let disposition = disposition(&file.evidence.name);
        Ok(Download::File(Binary(file.content), disposition))
    }
}

/// `attachment` with the name in UTF-8 (RFC 6266 and 8187).
fn disposition(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    format!("attachment; filename*=UTF-8''{encoded}")
}
