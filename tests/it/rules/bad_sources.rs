//! Sources that cannot work: each message, to the letter.

use super::Folder;

const CONTACTS: &str = "sources/contacts.yaml";
const SURVEYS: &str = "sources/surveys.yaml";
const TICKETS: &str = "sources/tickets.yaml";
const COLUMNS: &str =
    "the columns are agent, begun_at, contact_id, expected_seconds, first_reply_seconds, handle_seconds, queue, rating";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| format!("{file}:{line}")).collect();
    assert_eq!(Folder::new().edit(file, from, to).refused(), expected);
}

#[test]
fn exactly_one_column_is_the_agent() {
    refused(
        CONTACTS,
        "agent: {type: agent,",
        "agent: {type: text,",
        &["13:1: no column says who did it; give one column 'type: agent'"],
    );
    refused(
        CONTACTS,
        "queue: {type: text,",
        "queue: {type: agent,",
        &["16:17: columns 'agent' and 'queue' both have type agent; keep one; make the other text"],
    );
}

#[test]
fn columns_that_are_named_exist() {
    let missing =
        |place: &str, column: &str| format!("{place}: column '{column}' is not among this source's columns; {COLUMNS}");
    refused(
        CONTACTS,
        "key: {columns: [contact_id]}",
        "key: {columns: [contact_no], order_by: version, action: begun}",
        &[
            "23:17: column 'contact_no' is not among this source's columns; did you mean 'contact_id'?",
            &missing("23:40", "version"),
            &missing("23:57", "begun"),
        ],
    );
    refused(
        CONTACTS,
        "key: {columns: [contact_id]}",
        "key: {columns: []}",
        &["23:16: the key has no columns; name what makes a record one, or remove the key"],
    );
    refused(
        CONTACTS,
        "only: [rating]",
        "only: [ratings]",
        &["32:12: column 'ratings' is not among this source's columns; did you mean 'rating'?"],
    );
    refused(
        CONTACTS,
        "    files: [exports/contacts/*.csv]\n",
        "    files: [exports/contacts/*.csv]\n    columns: {ratings: {type: integer}, rating: {type: decimal}}\n",
        &[
            "12:24: column 'ratings' is not among this source's columns; did you mean 'rating'?",
            "12:56: 'rating' has another type in this source; write the type of the source's column; an input changes only how it is read",
        ],
    );
}

#[test]
fn zones_formats_and_scales_can_be_used() {
    refused(
        CONTACTS,
        "time_zone: Asia/Shanghai",
        "time_zone: Asia/Shangai",
        &["7:12: time zone 'Asia/Shangai' is not known; did you mean 'Asia/Shanghai'?"],
    );
    refused(
        CONTACTS,
        "time_zone: Asia/Shanghai",
        "time_zone: Beijing",
        &["7:12: time zone 'Beijing' is not known; write a zone of the IANA list, as Asia/Shanghai"],
    );
    refused(
        CONTACTS,
        "%d/%m/%Y %H:%M\"",
        "%d/%m/%Q %H:%M\", \"day\"",
        &[
            "17:75: '%d/%m/%Q %H:%M' is not a time format; use the letters of strftime, as %Y-%m-%d %H:%M:%S",
            "17:93: 'day' reads nothing; write where year, month and day stand, as %Y-%m-%d",
        ],
    );
    refused(
        CONTACTS,
        "rating: {type: integer,",
        "rating: {type: integer, formats: [\"%Y\"], scale: 19,",
        &[
            "21:36: only dates and timestamps have time formats; make the column a date or timestamp, or remove formats",
            "21:51: scale 19 is more than 18 decimals; write 0 to 18",
        ],
    );
    refused(
        CONTACTS,
        "rating: {type: integer,",
        "rating: {type: intger,",
        &[
            "21:18: 'type' is 'intger', not one of text, integer, decimal, boolean, date, timestamp, agent; did you mean 'integer'?",
        ],
    );
}

#[test]
fn inputs_can_be_read() {
    refused(
        CONTACTS,
        "kind: files",
        "kind: file",
        &["10:11: 'kind' is 'file', not one of files, http, sql; did you mean 'files'?"],
    );
    refused(
        CONTACTS,
        "files: [exports/contacts/*.csv]",
        "files: []",
        &["11:12: no files are named; write paths or patterns, as exports/*.csv"],
    );
    refused(
        SURVEYS,
        "url: ${SURVEY_URL}",
        "url: survey.example",
        &["11:10: 'survey.example/v2/answers' is not a web address; begin with https:// or http://"],
    );
    refused(
        SURVEYS,
        "records: /answers",
        "records: data.answers\n    attempts: 0\n    timeout_seconds: 0",
        &[
            "14:14: 'data.answers' is not a JSON pointer; write '/data/answers'",
            "15:15: no attempt would be made; write at least 1",
            "16:22: every attempt would fail at once; write at least 1",
        ],
    );
    refused(
        TICKETS,
        "id: tickets\n",
        "id: tickets\nmax_removed_percent: 101\n",
        &["5:22: 101 percent is more than all; write 0 to 100"],
    );
}

/// What stands where the name of a variable belongs may be the secret, so no message repeats it.
#[test]
fn secrets_stay_in_the_environment_and_out_of_messages() {
    let expected = "this is not the name of an environment variable; write a name, as CRM_TOKEN, and put the secret into the environment";
    refused(SURVEYS, "token_env: SURVEY_TOKEN", "token_env: s3cr3t-value", &[&format!("13:37: {expected}")]);
    refused(
        TICKETS,
        "url_env: TICKETS_DATABASE_URL",
        "url_env: postgres://user:secret@host/db",
        &[&format!("10:14: {expected}")],
    );
}

#[test]
fn metrics_of_queries_and_examples_exist() {
    refused(
        CONTACTS,
        "\"csat_mean.numerator\"",
        "\"csat_maen.numerator\"",
        &["38:3: metric 'csat_maen' is not known; did you mean 'csat_mean'?"],
    );
    refused(
        CONTACTS,
        "metric: csat_mean, numerator",
        "metric: csat_maen, numerator",
        &["63:64: metric 'csat_maen' is not known; did you mean 'csat_mean'?"],
    );
}

#[test]
fn examples_hold_texts() {
    refused(CONTACTS, "Rating: \"3\"", "Rating: 3", &["56:168: 'Rating' should be text, but is 3; put it in quotes"]);
}

#[test]
fn a_schedule_can_be_kept() {
    let with = |schedule: &str| format!("time_zone: Asia/Shanghai\nschedule: {schedule}\n");
    for (schedule, problem) in [
        ("{cron: 0 0 30 2 *}", "'0 0 30 2 *' never comes: no day has all of its parts"),
        (
            "{cron: 0 6 * * *, time_zone: Asia/Shangai}",
            "time zone 'Asia/Shangai' is not known; did you mean 'Asia/Shanghai'?",
        ),
        ("{cron: 0 6 * * *, overdue_after_hours: 0}", "after 0 hours a source is always overdue; write at least 1"),
        ("{cron: 61 6 * * *}", "'61 6 * * *' is no cron expression ("),
    ] {
        let problems = Folder::new().edit(CONTACTS, "time_zone: Asia/Shanghai\n", &with(schedule)).refused();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(&format!("{CONTACTS}:")) && problems[0].contains(problem), "{problems:?}");
        let place: Vec<&str> = problems[0].splitn(4, ':').collect();
        assert!(
            place[1].parse::<u32>().is_ok() && place[2].parse::<u32>().is_ok_and(|column| column > 1),
            "{problems:?}"
        );
    }
    Folder::new()
        .edit(
            CONTACTS,
            "time_zone: Asia/Shanghai\n",
            &with("{cron: 30 6 * * 1-5, jitter_seconds: 300, catch_up: none}"),
        )
        .load();
}
