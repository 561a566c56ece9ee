//! The people table: searched, filtered and sorted, page by page; and one exemption for several people at once.

use super::{App, AppError, ExemptionOrder, Slice};
use crate::app::refusal::Why;
use crate::domain::appraisal::ExemptionReason;
use crate::domain::authority::Act;
use crate::store::{Agent, Page, PeopleFilter, PeopleOrder, PeopleState, Person, StoreError};

/// Most people of one act.
const MOST_AT_ONCE: usize = 100;

/// Which people are wanted, and in which order; the default is everybody by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedPeople {
    /// Code of a unit: it and everything below it, as of today.
    pub unit: Option<String>,
    /// How the employee number begins.
    pub number: Option<String>,
    /// How the name begins.
    pub name: Option<String>,
    pub state: Option<PeopleState>,
    pub order: PeopleOrder,
}

impl App {
    /// People with their units of today. The key of one is the employee number.
    pub async fn people(&self, slice: &Slice, wanted: &WantedPeople) -> Result<Page<Person>, AppError> {
        let (reach, day) = (self.reach(Act::ReadPeople)?, self.clock.today());
        let WantedPeople { unit, number, name, state, order } = wanted.clone();
        let unit = match unit {
            Some(code) => Some(self.unit(&code).await?.id),
            None => None,
        };
        let filter = PeopleFilter { reach, day, unit, number, name, state, order };
        let page = self.store.people_page(slice.after.as_deref(), slice.limit.into(), &filter).await;
        page.map_err(AppError::as_things_stand)
    }

    /// Those of these employee numbers, for whoever may exempt them.
    pub async fn people_to_exempt(&self, numbers: &[String]) -> Result<Vec<Agent>, AppError> {
        self.require(Act::ManageCycles)?;
        if numbers.is_empty() || numbers.len() > MOST_AT_ONCE {
            return Err(AppError::invalid(format!("choose 1 to {MOST_AT_ONCE} people"))
                .because(Why::ChoosePeople { most: i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX) }));
        }
        let mut people = Vec::new();
        for number in numbers {
            people.push(self.find_agent(number).await?);
        }
        Ok(people)
    }

    /// Exempts each of these people, for one reason; says of each why it was not done. Those before and after one that is refused are done.
    pub async fn exempt_all(
        &self,
        cycle: &str,
        numbers: &[String],
        reason: ExemptionReason,
        note: &str,
    ) -> Result<Vec<(Agent, Option<AppError>)>, AppError> {
        let mut outcomes = Vec::new();
        for agent in self.people_to_exempt(numbers).await? {
            let order = ExemptionOrder { cycle, employee_number: &agent.employee_number, by: None };
            let refused = match self.exempt(order, reason, note).await {
                Ok(()) => None,
                Err(AppError::Store(error @ (StoreError::AlreadyExempt { .. } | StoreError::ResultsAreOut { .. }))) => {
                    Some(AppError::as_things_stand(error))
                }
                Err(error) => return Err(error),
            };
            outcomes.push((agent, refused));
        }
        Ok(outcomes)
    }
}
