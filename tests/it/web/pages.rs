//! Pages in real Chromium, in both languages: no complaint, no barrier, nothing sideways, and all of it without scripts.

use super::Place;
use crate::support::chromium::Chromium;

#[tokio::test(flavor = "multi_thread")]
async fn pages_before_and_after_sign_in() {
    let Some(chromium) = Chromium::start().await else { return };
    let place = Place::new().await;
    place.member("lin").await;
    let session = place.signed_in("lin").await.cookies["merit"].clone();
    let page = async |path: &str, texts: [&str; 2]| {
        for (language, text) in ["en", "zh"].into_iter().zip(texts) {
            chromium.check(&format!("{}{path}lang={language}", place.origin), &[text]).await;
        }
    };
    page("/?", ["This server is ready.", "服务运行正常。"]).await;
    page("/sign-in?", ["Login", "登录名"]).await;
    page("/problems?", ["Every error of the API", "接口的所有错误"]).await;
    page("/nowhere?", ["There is nothing here", "此处没有内容"]).await;
    page("/account?", ["Sign in", "登录"]).await;
    chromium.keep_cookie("merit", &session).await;
    page("/account?", ["What you may see and do", "权限"]).await;
    page("/?", ["Lin Yue", "Lin Yue"]).await;
}
