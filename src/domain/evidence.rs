//! Files that people hand in with an appeal: what they are is read from their content, and the name must say the same.

/// Most bytes of a file.
pub const MOST_BYTES: usize = 5 << 20;
/// Most files of an appeal.
pub const MOST_FILES: usize = 10;
/// Most characters of a name.
pub const LONGEST_NAME: usize = 120;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    Pdf,
    Png,
    Jpeg,
    Xlsx,
    Text,
    Csv,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceProblem {
    #[error(
        "name: 1 to {LONGEST_NAME} characters without / \\ : * ? \" < > | and line breaks are needed, such as letter.pdf"
    )]
    Name,
    #[error("the file is empty")]
    Empty,
    #[error("the file has more than {} MiB: send a smaller one", MOST_BYTES >> 20)]
    TooLarge,
    #[error("the file is none of PDF, PNG, JPEG, XLSX, and no text in UTF-8: save it as one of these")]
    Unknown,
    #[error(
        "the name '{name}' does not say what the file is: its content is {found}, so let the name end with {endings}"
    )]
    OtherName { name: String, found: &'static str, endings: &'static str },
}

impl EvidenceKind {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// Checks the file. A text is CSV where its name says so: to whoever opens it, both are text.
    pub fn of(name: &str, content: &[u8]) -> Result<Self, EvidenceProblem> {
        let outlandish = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
        if name.trim() != name || name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(outlandish) {
            return Err(EvidenceProblem::Name);
        }
        if content.is_empty() {
            return Err(EvidenceProblem::Empty);
        }
        if content.len() > MOST_BYTES {
            return Err(EvidenceProblem::TooLarge);
        }
        let (_, ending) = name.rsplit_once('.').unwrap_or_default();
        let ending = ending.to_ascii_lowercase();
        let (found, words, endings) = Self::read(content).ok_or(EvidenceProblem::Unknown)?;
        match (found, ending.as_str()) {
            (Self::Text, "csv") => Ok(Self::Csv),
            _ if endings.split(' ').any(|known| known.strip_prefix('.') == Some(&ending)) => Ok(found),
            _ => Err(EvidenceProblem::OtherName { name: name.to_owned(), found: words, endings }),
        }
    }

    /// What the content is, in words, and how names of such files end.
    fn read(content: &[u8]) -> Option<(Self, &'static str, &'static str)> {
        if content.starts_with(b"%PDF-") {
            Some((Self::Pdf, "PDF", ".pdf"))
        } else if content.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some((Self::Png, "PNG", ".png"))
        } else if content.starts_with(b"\xff\xd8\xff") {
            Some((Self::Jpeg, "JPEG", ".jpg .jpeg"))
        } else if content.starts_with(b"PK\x03\x04") {
            // Names of a ZIP's entries are not compressed; every workbook has this one, and one with macros has the other as well.
            let holds = |part: &[u8]| content.windows(part.len()).any(|window| window == part);
            (holds(b"xl/workbook.xml") && !holds(b"vbaProject.bin")).then_some((Self::Xlsx, "XLSX", ".xlsx"))
        } else {
            let text = std::str::from_utf8(content).ok()?;
            let shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
            text.chars().all(shown).then_some((Self::Text, "text", ".txt .csv"))
        }
    }
}
