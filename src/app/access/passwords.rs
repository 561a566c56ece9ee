//! What a password has to be. Length is what makes one strong; figures and signs on demand only make people write it down.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::store::Account;

/// In characters.
const SHORTEST: usize = 12;
/// In characters; enough for any phrase, and little to hash.
const LONGEST: usize = 256;
/// A pattern this short that makes the whole password by being repeated.
const REPEATED: usize = 5;

/// Well-known ones, lower case, one a line.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    #[error("the password is too short: at least {SHORTEST} characters, such as four words with blanks")]
    TooShort,
    #[error("the password is too long: at most {LONGEST} characters")]
    TooLong,
    #[error("the password is among the first that are guessed: choose something of your own, such as four words")]
    Common,
    #[error("the password contains your login or name: choose one without")]
    Personal,
}

/// Whether this account may have the password.
pub(super) fn check(password: &str, account: &Account) -> Result<(), PasswordProblem> {
    let characters = password.chars().count();
    if characters < SHORTEST {
        return Err(PasswordProblem::TooShort);
    }
    if characters > LONGEST {
        return Err(PasswordProblem::TooLong);
    }
    let lower = password.to_lowercase();
    if is_common(&lower) {
        return Err(PasswordProblem::Common);
    }
    if personal(account).iter().any(|own| lower.contains(own)) {
        return Err(PasswordProblem::Personal);
    }
    Ok(())
}

/// On the list as it is, or but for the figures and signs at its end; or something on the list, or short, again and again.
fn is_common(lower: &str) -> bool {
    let word = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    COMMON.contains(lower) || COMMON.contains(word) || is_repeated(lower)
}

fn is_repeated(lower: &str) -> bool {
    let starts = lower.char_indices().skip(1).map(|(at, _)| at);
    let mut units = starts.filter_map(|at| lower.get(..at)).take_while(|unit| unit.len() * 2 <= lower.len());
    units.any(|unit| {
        let telling = unit.chars().count() > REPEATED && !COMMON.contains(unit);
        !telling && lower.len().is_multiple_of(unit.len()) && lower == unit.repeat(lower.len() / unit.len())
    })
}

/// What a password must not contain: the login, its part before the @, the name, and its longer parts.
fn personal(account: &Account) -> Vec<String> {
    let login = account.login.as_str();
    let name = account.name.to_lowercase();
    let whole = [Some(login), login.split('@').next(), Some(name.as_str())].into_iter().flatten();
    let parts = name.split_whitespace().filter(|part| part.chars().count() >= 4);
    whole.chain(parts).filter(|own| is_telling(own)).map(str::to_owned).collect()
}

/// Long enough that a password contains it by more than chance; a Chinese name has two characters.
fn is_telling(text: &str) -> bool {
    text.chars().count() >= if text.is_ascii() { 3 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::AccountKind;

    fn account(login: &str, name: &str) -> Account {
        Account {
            id: 1,
            public_id: uuid::Uuid::nil(),
            kind: AccountKind::Person,
            login: login.into(),
            name: name.into(),
            agent_id: None,
            has_password: false,
            created_at: chrono::DateTime::UNIX_EPOCH,
            disabled_at: None,
            contact: crate::store::Contact::default(),
            version: 1,
        }
    }

    fn judged(password: &str) -> Result<(), PasswordProblem> {
        check(password, &account("li.wei@example.com", "Li Weiguang"))
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(judged("kettle moss"), Err(PasswordProblem::TooShort));
        assert_eq!(judged("kettle mossy"), Ok(()));
        assert_eq!(judged("山高水长风清月白云淡天"), Err(PasswordProblem::TooShort));
        assert_eq!(judged("山高水长风清月白云淡天青"), Ok(()));
        let long: String =
            ('a'..='z').cycle().zip(0..).map(|(c, n)| if n % 7 == 0 { 'é' } else { c }).take(256).collect();
        assert_eq!(judged(&long), Ok(()));
        assert_eq!(judged(&format!("{long}x")), Err(PasswordProblem::TooLong));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for common in [
            "password1234",
            "PassWord1234",
            "Password2031!?",
            "welcome-2026-07",
            "123456789012",
            "qwertyuiopasdfghjkl",
            "correct horse battery staple",
            "aaaaaaaaaaaaaaa",
            "xyz9xyz9xyz9",
            "sunshinesunshine",
        ] {
            assert_eq!(judged(common), Err(PasswordProblem::Common), "{common}");
        }
        assert_eq!(judged("wet sunshine 2026"), Ok(()));
        assert_eq!(judged("kettle-moss-kettle-moss"), Ok(()));
    }

    #[test]
    fn what_others_know_of_the_person_is_refused() {
        for personal in ["my li.wei secret", "call me WEIGUANG", "li.wei@example.com", "I am li weiguang"] {
            assert_eq!(judged(personal), Err(PasswordProblem::Personal), "{personal}");
        }
        let chinese = account("wf", "王芳");
        assert_eq!(check("山高水长王芳清月白云淡天青", &chinese), Err(PasswordProblem::Personal));
        assert_eq!(check("wharf swift wfx", &chinese), Ok(()));
    }

    #[test]
    fn the_list_is_lower_case_and_has_a_few_hundred() {
        assert!(COMMON.len() > 300, "{}", COMMON.len());
        assert!(COMMON.iter().all(|word| !word.is_empty() && *word == word.to_lowercase()));
    }
}
