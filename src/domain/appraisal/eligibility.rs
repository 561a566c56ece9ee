//! Who is appraised: minimum days and cases, and exemptions that people decide.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::super::text::Text;

/// What an appraisal needs at least; 0 asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Eligibility {
    /// Calendar days assigned in the cycle, net of leave.
    pub min_days: i64,
    /// Cases: the sum over stretches of each one's most measured own line.
    pub min_samples: i64,
    /// Days net of leave of a stretch, where there are several.
    pub stretch_min_days: i64,
}

/// Why an agent is not appraised in a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    TooFewDays {
        days: i64,
        min_days: i64,
    },
    TooFewSamples {
        samples: i64,
        min_samples: i64,
    },
    /// Decided by a person. The note stays with the decision: a result is read by more people than a reason of health is for.
    Granted {
        reason: ExemptionReason,
    },
}

/// Reasons for which a person may exempt an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionReason {
    ParentalLeave,
    LongSickness,
    WorkInjury,
    Secondment,
    FullTimeTraining,
    /// Facts of the agent are missing or wrong for reasons outside the agent's hands.
    DataFault,
    /// What it is stands in the note.
    Other,
}

/// A text that names no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a reason for an exemption; use parental_leave, long_sickness, work_injury, secondment, full_time_training, data_fault or other"
)]
pub struct UnknownReason(pub String);

impl Eligibility {
    /// Why so many days and cases are not enough; `None` when they are.
    pub fn judge(&self, days: i64, samples: i64) -> Option<Exemption> {
        if days < self.min_days {
            return Some(Exemption::TooFewDays { days, min_days: self.min_days });
        }
        (samples < self.min_samples).then_some(Exemption::TooFewSamples { samples, min_samples: self.min_samples })
    }
}

impl Exemption {
    /// The reason's code, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooFewDays { .. } => "too_few_days",
            Self::TooFewSamples { .. } => "too_few_samples",
            Self::Granted { reason } => reason.as_str(),
        }
    }

    /// The reason with its figures, for the person it is about.
    pub fn text(&self) -> Text {
        match self {
            Self::TooFewDays { days, min_days } => Text {
                en: format!(
                    "Not appraised in this cycle: {days} days in the post, net of leave; at least {min_days} are needed."
                ),
                zh: format!("本周期不参加考核：扣除假期后在岗 {days} 天，少于要求的 {min_days} 天。"),
            },
            Self::TooFewSamples { samples, min_samples } => Text {
                en: format!(
                    "Not appraised in this cycle: {samples} cases were measured; at least {min_samples} are needed."
                ),
                zh: format!("本周期不参加考核：仅测得 {samples} 个样本，少于要求的 {min_samples} 个。"),
            },
            Self::Granted { reason } => {
                let Text { en, zh } = reason.text();
                Text { en: format!("Exempted from this cycle: {en}."), zh: format!("本周期免于考核：{zh}。") }
            }
        }
    }
}

impl ExemptionReason {
    pub const ALL: [Self; 7] = [
        Self::ParentalLeave,
        Self::LongSickness,
        Self::WorkInjury,
        Self::Secondment,
        Self::FullTimeTraining,
        Self::DataFault,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ParentalLeave => "parental_leave",
            Self::LongSickness => "long_sickness",
            Self::WorkInjury => "work_injury",
            Self::Secondment => "secondment",
            Self::FullTimeTraining => "full_time_training",
            Self::DataFault => "data_fault",
            Self::Other => "other",
        }
    }

    pub fn text(self) -> Text {
        let (en, zh) = match self {
            Self::ParentalLeave => ("parental leave", "产假、陪产假或育儿假"),
            Self::LongSickness => ("long sickness", "长期病假"),
            Self::WorkInjury => ("an accident at work", "工伤"),
            Self::Secondment => ("secondment", "借调"),
            Self::FullTimeTraining => ("full-time training", "脱产培训"),
            Self::DataFault => ("a fault in the data", "数据故障"),
            Self::Other => ("another reason", "其他原因"),
        };
        Text { en: en.to_owned(), zh: zh.to_owned() }
    }
}

impl fmt::Display for ExemptionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ExemptionReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or_else(|| UnknownReason(text.to_owned()))
    }
}
