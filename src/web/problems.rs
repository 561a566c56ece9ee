//! What each problem code of the API means, and what to do about it; the address that problems name as their `type`.

use askama::Template;
use poem::web::Html;
use poem::{Request, handler};

use super::language::Language;

/// A problem code in both languages.
struct Meaning {
    code: &'static str,
    status: u16,
    en: &'static str,
    zh: &'static str,
}

/// Every code the API answers with; codes are never renamed.
const MEANINGS: [Meaning; 11] = [
    Meaning {
        code: "invalid_request",
        status: 400,
        en: "A parameter or the body is not valid. The detail names it and says what is expected.",
        zh: "参数或请求体无效。detail 指明具体位置与期望的内容。",
    },
    Meaning {
        code: "unauthorized",
        status: 401,
        en: "The token is missing, unknown, expired or revoked. Make one with 'merit token create LOGIN NAME' and send it as 'Authorization: Bearer …'.",
        zh: "缺少令牌，或令牌未知、过期、已吊销。请用 merit token create LOGIN NAME 创建，并以 Authorization: Bearer … 发送。",
    },
    Meaning {
        code: "forbidden", status: 403, en: "The token may not do that.", zh: "该令牌无权执行此操作。"
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
    language: Language,
    version: &'static str,
    meanings: &'static [Meaning],
}

#[handler]
pub(super) async fn page(request: &Request) -> poem::Result<Html<String>> {
    let page = Problems { language: Language::of(request), version: env!("CARGO_PKG_VERSION"), meanings: &MEANINGS };
    Ok(Html(page.render().map_err(poem::error::InternalServerError)?))
}
