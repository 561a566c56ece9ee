//! Lists that can be had as files.

use serde::{Deserialize, Serialize};

use super::authority::Act;
use super::text::Language;

/// Largest file that is kept, in bytes.
pub const MOST_BYTES: usize = 64 << 20;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportList {
    Scorecards,
    Payouts,
    Plans,
    People,
    Audit,
}

impl ExportList {
    pub const ALL: [Self; 5] = [Self::Scorecards, Self::Payouts, Self::Plans, Self::People, Self::Audit];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scorecards => "scorecards",
            Self::Payouts => "payouts",
            Self::Plans => "plans",
            Self::People => "people",
            Self::Audit => "audit",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.as_str() == text)
    }

    /// What whoever has the file does, as whoever reads the list.
    pub const fn act(self) -> Act {
        match self {
            Self::Scorecards | Self::Plans => Act::ReadResults,
            Self::Payouts => Act::ReadPay,
            Self::People => Act::ReadPeople,
            Self::Audit => Act::ReadAudit,
        }
    }

    /// Whether it is a list of one cycle.
    pub const fn of_cycle(self) -> bool {
        matches!(self, Self::Scorecards | Self::Payouts | Self::Plans)
    }

    /// Whether it can be had of one unit and what is below it.
    pub const fn of_units(self) -> bool {
        !matches!(self, Self::Audit)
    }

    /// Headings of its columns.
    pub fn columns(self, language: Language) -> Vec<String> {
        let columns: &[(&str, &str)] = match self {
            Self::Scorecards => {
                &[NUMBER, NAME, UNIT, ("Post", "岗位"), ("Score", "得分"), ("Rating", "等级"), ("State", "状态")]
            }
            Self::Payouts => &[
                NUMBER,
                NAME,
                UNIT,
                ("Pay plan", "激励方案"),
                ("Amount", "金额"),
                ("Currency", "币种"),
                ("Why nothing is paid", "未发放原因"),
            ],
            Self::Plans => &[NUMBER, NAME, UNIT, ("To be improved", "改进指标"), ("From", "开始"), ("Due", "截止")],
            Self::People => &[NUMBER, NAME, ("Hired", "入职"), ("Left", "离职")],
            Self::Audit => &[
                ("When", "时间"),
                ("Who", "操作者"),
                ("What", "操作"),
                ("About", "对象"),
                ("Detail", "详情"),
                ("Reason", "原因"),
            ],
        };
        columns.iter().map(|(en, zh)| language.pick(*en, *zh).to_owned()).collect()
    }
}

const NUMBER: (&str, &str) = ("Employee number", "工号");
const NAME: (&str, &str) = ("Name", "姓名");
const UNIT: (&str, &str) = ("Unit", "单位");

/// As what file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    Csv,
    Xlsx,
}

impl ExportFormat {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// Also the ending of a file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A list to be had as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub list: ExportList,
    pub format: ExportFormat,
    /// Of lists of a cycle: its code.
    pub cycle: Option<String>,
    /// Code of a unit: it and everything below it.
    pub unit: Option<String>,
    /// Of the headings.
    pub language: Language,
}

impl Export {
    /// `payouts-2026-Q3.csv`: letters, digits and dashes only.
    pub fn file_name(&self) -> String {
        let parts = [Some(self.list.as_str()), self.cycle.as_deref(), self.unit.as_deref()];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join("-");
        let name: String = name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
        format!("{name}.{}", self.format.as_str())
    }

    /// `payouts:2026-Q3`: of one, one is made at a time.
    pub fn scope(&self) -> String {
        match &self.cycle {
            Some(cycle) => format!("{}:{cycle}", self.list.as_str()),
            None => self.list.as_str().to_owned(),
        }
    }
}
