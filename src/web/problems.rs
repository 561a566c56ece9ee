//! What each problem code of the API means, and what to do about it; the address that problems name as their `type`.

use askama::Template;
use poem::{Request, Response, handler};

use super::frame::Frame;
use super::rendered;

/// A problem code in both languages.
struct Meaning {
    code: &'static str,
    status: u16,
    en: &'static str,
    zh: &'static str,
}

/// Every code the API answers with; codes are never renamed.
const MEANINGS: [Meaning; 20] = [
    Meaning {
        code: "invalid_request",
        status: 400,
        en: "A parameter or the body is not valid. The detail names it and says what is expected.",
        zh: "参数或请求体无效。detail 指明具体位置与期望的内容。",
    },
    Meaning {
        code: "nul_in_text",
        status: 400,
        en: "A text holds a NUL (the character with the code 0), which no text here may. The detail names the field; leave the character out.",
        zh: "文本含有 NUL（编码为 0 的字符），此处不允许。detail 指明字段，请去掉该字符。",
    },
    Meaning {
        code: "unauthorized",
        status: 401,
        en: "The token is missing, unknown, expired or revoked. Make one with 'merit token create LOGIN NAME' and send it as 'Authorization: Bearer …'.",
        zh: "缺少令牌，或令牌未知、过期、已吊销。请用 merit token create LOGIN NAME 创建，并以 Authorization: Bearer … 发送。",
    },
    Meaning {
        code: "forbidden",
        status: 403,
        en: "The caller may not do that. An administrator grants it with 'merit grant add'.",
        zh: "调用者无权执行此操作。管理员可用 merit grant add 授权。",
    },
    Meaning {
        code: "not_found",
        status: 404,
        en: "There is no such thing, or no such address. The detail names it.",
        zh: "对象或地址不存在。detail 指明具体对象。",
    },
    Meaning {
        code: "method_not_allowed",
        status: 405,
        en: "The address does not take that method; the API reference lists those it takes.",
        zh: "该地址不支持此方法；可用方法见接口文档。",
    },
    Meaning {
        code: "exists",
        status: 409,
        en: "There is one already; the detail names it.",
        zh: "已存在同样的对象；detail 指明是哪一个。",
    },
    Meaning {
        code: "refused",
        status: 409,
        en: "It cannot be done as things stand; the detail says why and what to do.",
        zh: "按目前状况无法执行；detail 说明原因与办法。",
    },
    Meaning {
        code: "in_flight",
        status: 409,
        en: "A request with this Idempotency-Key is still under way. Wait, then send it again.",
        zh: "使用此 Idempotency-Key 的请求仍在处理中。请稍候重发。",
    },
    Meaning {
        code: "shown_once",
        status: 409,
        en: "The request was done before, and its answer is not kept: it held a secret, or might have told of somebody who is forgotten. Make a new secret if one was lost.",
        zh: "该请求已执行过，其应答未予保存：应答含有只显示一次的机密，或可能涉及已被遗忘的人员。机密如已遗失，请重新创建。",
    },
    Meaning {
        code: "changed",
        status: 412,
        en: "It was changed since it was read. Read it again, then decide.",
        zh: "自读取后已被修改。请重新读取后再决定。",
    },
    Meaning {
        code: "other_request",
        status: 422,
        en: "This Idempotency-Key came with another request before. Use a new key for a new request.",
        zh: "此 Idempotency-Key 曾用于另一请求。新请求请使用新的键。",
    },
    Meaning {
        code: "if_match_missing",
        status: 428,
        en: "A change must carry the ETag of what was read as If-Match.",
        zh: "修改须以 If-Match 携带所读内容的 ETag。",
    },
    Meaning { code: "payload_too_large", status: 413, en: "The body is too large.", zh: "请求体过大。" },
    Meaning {
        code: "unsupported_media_type",
        status: 415,
        en: "The body is of another type than the operation takes.",
        zh: "请求体类型不受支持。",
    },
    Meaning {
        code: "rate_limited",
        status: 429,
        en: "Too many requests from this account or address. Wait as many seconds as the header Retry-After says.",
        zh: "该账号或地址的请求过多。请按响应头 Retry-After 给出的秒数等待后重试。",
    },
    Meaning {
        code: "internal",
        status: 500,
        en: "Something went wrong inside Merit. Its log has the cause under the request's id (header X-Request-Id).",
        zh: "Merit 内部出错。原因见日志，按请求编号（响应头 X-Request-Id）查找。",
    },
    Meaning {
        code: "worker_lost",
        status: 500,
        en: "In a job's problem: its worker ended again and again while it did the job. Look in the log for the cause, then ask again.",
        zh: "见于任务的 problem：执行该任务的进程多次中途退出。请查看日志找出原因后重新提交。",
    },
    Meaning {
        code: "unavailable",
        status: 503,
        en: "The database cannot be reached just now. Try again shortly.",
        zh: "暂时无法访问数据库，请稍后重试。",
    },
    Meaning {
        code: "timeout",
        status: 503,
        en: "The request took too long and was broken off. Ask for less at once, or try again later.",
        zh: "请求耗时过长，已中断。请缩小范围，或稍后重试。",
    },
];

#[derive(Template)]
#[template(path = "problems.html")]
struct Problems {
    frame: Frame,
    meanings: &'static [Meaning],
}

#[handler]
pub(super) async fn page(request: &Request) -> poem::Result<Response> {
    rendered(&Problems { frame: Frame::of(request)?, meanings: &MEANINGS })
}
