"""Pages as the field notes describe them, one for each row of their tables.

Written from the facts, copied from nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Reply:
    """What a host says to one request."""

    status: int = 200
    body: str | bytes = ""
    headers: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.encode(self.encoding)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the tables: what is asked, what is said, and what it means."""

    name: str
    url: str
    verdict: str
    evidence: str
    """What the evidence must hold."""
    reply: Reply
    then: tuple[tuple[str, Reply], ...] = ()
    """What the addresses that it redirects to say."""
    final_url: str = ""


WEIXIN: Final = "https://mp.weixin.qq.com/s/"
PHRASES: Final = "该内容已被发布者删除 此内容因违规无法查看 环境异常 完成验证后即可继续访问 参数错误 该公众号已迁移"


def page(title: str, body: str, head: str = "") -> str:
    head = f'<meta charset="utf-8"><title>{title}</title>{head}'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status, "", {"Location": to})


def weixin_article(title: str = "多任务学习概述", text: str = "正文") -> str:
    head = f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
    return page(
        "",
        f'<!--mmbizwap:appmsg/newindex.html--><div id="js_article" class="rich_media">'
        f'<div class="rich_media_content" id="js_content">{text}</div></div>',
        head,
    )


def weixin_message(text: str, padding: int = 0) -> str:
    """A page of WeChat's with a message in place of an article."""
    return page("", f'{" " * padding}<div class="weui-msg"><h2 class="weui-msg__title warn">{text}</h2></div>')


def _weixin(name: str, verdict: str, text: str) -> Row:
    return Row(f"weixin {name}", f"{WEIXIN}{name}", verdict, text, Reply(body=weixin_message(text)))


ROWS: Final = (
    Row("weixin alive", f"{WEIXIN}alive", "alive", "js_article", Reply(body=weixin_article())),
    Row(
        "weixin alive, quoting every marker",
        f"{WEIXIN}quoting",
        "alive",
        "js_article",
        Reply(body=weixin_article(text=PHRASES)),
    ),
    Row(
        "weixin alive, with chksm",
        "https://mp.weixin.qq.com/s?__biz=MzI%3D&mid=2&idx=1&sn=ab&chksm=cd&scene=21#wechat_redirect",
        "alive",
        "js_article",
        Reply(body=weixin_article()),
    ),
    Row(
        "weixin gone, by author",
        f"{WEIXIN}deleted",
        "gone",
        "该内容已被发布者删除",
        Reply(body=weixin_message("该内容已被发布者删除", padding=37_000)),
    ),
    _weixin("deleted-en", "gone", "The content has been deleted by the author."),
    _weixin("violation", "gone", "此内容因违规无法查看"),
    _weixin("violation-old", "gone", "此内容因违规已删除"),
    _weixin("violation-en", "gone", "Unable to view this content because it violates regulation"),
    _weixin("copyright", "gone", "此内容被投诉且经审核涉嫌侵权，无法查看"),
    _weixin("complaints", "suspected", "此内容被多人投诉，相关的内容无法进行查看"),
    _weixin("account-blocked", "suspected", "此帐号已被屏蔽"),
    _weixin("account-blocked-other-spelling", "suspected", "此账号已被屏蔽"),
    _weixin("account-closed", "suspected", "此帐号已自主注销"),
    _weixin("account-closed-other-spelling", "suspected", "此账号已自主注销"),
    _weixin("account-banned", "suspected", "该公众号已被封禁"),
    Row(
        "weixin moved, by script",
        f"{WEIXIN}moved-script",
        "moved",
        "该公众号已迁移",
        Reply(
            body=weixin_message("该公众号已迁移")
            + "<script>var transferTargetLink='https://mp.weixin.qq.com/s?__biz=X\\x26amp;mid=3\\x26amp;idx=1';</script>"
        ),
        final_url="https://mp.weixin.qq.com/s?__biz=X&mid=3&idx=1",
    ),
    Row(
        "weixin moved, by link",
        f"{WEIXIN}moved-link",
        "moved",
        "该公众号已迁移",
        Reply(
            body=weixin_message(
                '该公众号已迁移<a id="js_access_msg" href="https://mp.weixin.qq.com/s/new">访问文章</a>'
            )
        ),
        final_url=f"{WEIXIN}new",
    ),
    _weixin("migrating", "unreachable", "此帐号处于帐号迁移流程中"),
    _weixin("private", "unreachable", "根据作者隐私设置，无法查看该内容"),
    _weixin("review", "unreachable", "内容审核中"),
    _weixin("failed", "unreachable", "此内容发送失败无法查看"),
    Row(
        "weixin temporary",
        f"{WEIXIN}temporary",
        "unreachable",
        "该内容暂时无法查看",
        Reply(body=page("该内容暂时无法查看", '<div class="mesg-block"></div>')),
    ),
    _weixin("parameters", "suspected", "参数错误"),
    Row(
        "weixin parameters, template alone",
        f"{WEIXIN}parameters-template",
        "suspected",
        "appmsg/error.html",
        Reply(body=page("", "<!--mmbizwap:appmsg/error.html-->")),
    ),
    _weixin("expired", "gone", "链接已过期"),
    _weixin("fault", "unreachable", "系统出错"),
    Row(
        "weixin verification, redirected",
        f"{WEIXIN}captcha",
        "blocked",
        "wappoc_appmsgcaptcha",
        redirect("/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=y"),
        (
            (
                "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=y",
                Reply(body=weixin_message("环境异常")),
            ),
        ),
    ),
    _weixin("verification", "blocked", "环境异常"),
    _weixin("verification-2", "blocked", "完成验证后即可继续访问"),
    _weixin("verification-3", "blocked", "去验证"),
    _weixin("verification-4", "blocked", "访问过于频繁"),
    Row(
        "weixin verification, script shell",
        f"{WEIXIN}shell",
        "blocked",
        "secitptpage/verify.html",
        Reply(
            body=page(
                "",
                "<!--mmbizwap:secitptpage/verify.html--><script>var cap_sid='1';</script>"
                f'<script src="https://captcha.gtimg.com/TCaptcha.js"></script>{" " * 17_000}',
            )
        ),
    ),
    Row(
        "weixin, nothing known",
        f"{WEIXIN}unknown",
        "unreachable",
        "look at it",
        Reply(body=page("微信公众平台", "<p>欢迎</p>")),
    ),
    Row(
        "zhihu alive",
        "https://zhuanlan.zhihu.com/p/1",
        "alive",
        "Post-RichText",
        Reply(
            body=page("注意力机制 - 知乎", f'<div class="RichText ztext Post-RichText">{PHRASES} 该文章已被删除</div>')
        ),
    ),
    Row(
        "zhihu question alive",
        "https://www.zhihu.com/question/345173757",
        "alive",
        "QuestionHeader-title",
        Reply(body=page("问题 - 知乎", '<h1 class="QuestionHeader-title">问题</h1><p>该回答已被删除</p>')),
    ),
    Row(
        "zhihu blocked",
        "https://zhuanlan.zhihu.com/p/2",
        "blocked",
        "zh-zse-ck",
        Reply(403, page("", "", '<meta id="zh-zse-ck" content="004_x">')),
    ),
    Row(
        "zhihu blocked, to verification",
        "https://www.zhihu.com/question/3",
        "blocked",
        "account/unhuman",
        redirect("https://www.zhihu.com/account/unhuman?type=unhuman&message=x"),
        (("https://www.zhihu.com/account/unhuman?type=unhuman&message=x", Reply(body=page("安全验证 - 知乎", ""))),),
    ),
    Row(
        "zhihu blocked, verification in place",
        "https://www.zhihu.com/question/4",
        "blocked",
        "系统监测到您的网络环境存在异常",
        Reply(body=page("知乎", "系统监测到您的网络环境存在异常")),
    ),
    Row(
        "zhihu blocked, verification title",
        "https://www.zhihu.com/question/41",
        "blocked",
        "安全验证",
        Reply(body=page("安全验证 - 知乎", "")),
    ),
    Row(
        "zhihu gone",
        "https://zhuanlan.zhihu.com/p/5",
        "gone",
        "你似乎来到了没有知识存在的荒原",
        Reply(404, page("知乎 - 你似乎来到了没有知识存在的荒原", "")),
    ),
    *(
        Row(
            f"zhihu {text}", f"https://zhuanlan.zhihu.com/p/{number}", "suspected", text, Reply(body=page("知乎", text))
        )
        for number, text in enumerate(("该回答已被删除", "该文章已被删除", "当前内容暂不可见"), 60)
    ),
    Row(
        "zhihu to sign-in",
        "https://zhuanlan.zhihu.com/p/7",
        "suspected",
        "signin",
        redirect("https://www.zhihu.com/signin?next=%2Fp%2F7"),
        (("https://www.zhihu.com/signin?next=%2Fp%2F7", Reply(body=page("知乎 - 有问题，就会有答案", "登录"))),),
    ),
    Row(
        "zhihu to the front page",
        "https://zhuanlan.zhihu.com/p/8",
        "suspected",
        "front page",
        redirect("/"),
        (("https://zhuanlan.zhihu.com/", Reply(body=page("知乎专栏", ""))),),
    ),
    Row(
        "csdn alive",
        "https://blog.csdn.net/a/article/details/1",
        "alive",
        "article_content",
        Reply(
            body=page(
                "某文_CSDN博客", f'<div id="article_content"><div id="content_views">{PHRASES} 文章已被删除</div></div>'
            )
        ),
    ),
    Row("csdn blocked", "https://blog.csdn.net/a/article/details/2", "blocked", "521", Reply(521, "")),
    *(
        Row(
            f"csdn {text}",
            f"https://blog.csdn.net/a/article/details/{number}",
            "suspected",
            text,
            Reply(404, page("", text)),
        )
        for number, text in enumerate(("您访问的页面不存在", "文章已被删除", "该文章已被作者删除"), 30)
    ),
    Row(
        "csdn to the home page",
        "https://blog.csdn.net/a/article/details/4",
        "suspected",
        "https://www.csdn.net/",
        redirect("https://www.csdn.net/"),
        (("https://www.csdn.net/", Reply(body=page("CSDN - 专业开发者社区", ""))),),
    ),
    Row(
        "csdn to the login",
        "https://blog.csdn.net/a/article/details/5",
        "suspected",
        "passport.csdn.net",
        redirect("https://passport.csdn.net/login?from=x"),
        (("https://passport.csdn.net/login?from=x", Reply(body=page("登录", ""))),),
    ),
    Row("cnblogs gone", "https://www.cnblogs.com/a/p/1.html", "suspected", "404", Reply(404, page("404", ""))),
    Row("jianshu gone", "https://www.jianshu.com/p/1", "suspected", "404", Reply(404, page("", "您要找的页面不存在"))),
    Row(
        "jianshu gone, 200",
        "https://www.jianshu.com/p/2",
        "suspected",
        "您要找的页面不存在",
        Reply(body=page("", "您要找的页面不存在")),
    ),
    Row(
        "sohu gone",
        "https://www.sohu.com/a/1",
        "suspected",
        "404,您访问的页面已经不存在!",
        Reply(body=page("404,您访问的页面已经不存在!", "")),
    ),
    *(
        Row(
            f"bilibili {text}",
            f"https://www.bilibili.com/video/BV{status}{number}",
            "suspected",
            text,
            Reply(status, page(text, text)),
        )
        for status in (404, 200)
        for number, text in enumerate(("啊叻？视频不见了？", "视频去哪了", "视频已失效", "稿件不可见"))
    ),
    Row("bilibili blocked", "https://www.bilibili.com/video/BV9", "blocked", "412", Reply(412, "")),
    Row("a plain page", "http://plain.example/a", "alive", "“A page”", Reply(body=page("A page", "text"))),
    Row(
        "a plain page that is missing", "http://plain.example/b", "suspected", "404", Reply(404, page("Not Found", ""))
    ),
    Row("a plain page that is gone for good", "http://plain.example/c", "gone", "410", Reply(410, "")),
    Row("a refusal", "http://plain.example/d", "blocked", "403", Reply(403, "Forbidden")),
    Row("a request for money", "http://plain.example/e", "blocked", "402", Reply(402, "")),
    Row(
        "an article on what is missing",
        "http://plain.example/f",
        "alive",
        "HTTP 200",
        Reply(body=page("How to serve 404 Not Found well", "404 Forbidden 删除 出错")),
    ),
    Row(
        "a soft 404",
        "http://plain.example/g",
        "suspected",
        "title Page not found",
        Reply(body=page("Page not found", "Sorry")),
    ),
    Row(
        "a soft 404 in Chinese",
        "http://plain.example/g2",
        "suspected",
        "页面不存在",
        Reply(body=page("404 - 页面不存在", "")),
    ),
    Row(
        "a deep link to the root",
        "http://plain.example/deep/h",
        "suspected",
        "http://plain.example/",
        redirect("http://plain.example/"),
        (("http://plain.example/", Reply(body=page("Welcome", ""))),),
    ),
    Row(
        "a deep link to another host's root",
        "http://plain.example/deep/i",
        "suspected",
        "https://other.example/",
        redirect("https://other.example/", 301),
        (("https://other.example/", Reply(body=page("Welcome", ""))),),
    ),
    *(
        Row(
            f"to {path}",
            f"http://plain.example/missing/{number}",
            "suspected",
            path,
            redirect(path),
            ((f"http://plain.example{path}", Reply(body=page("Oops", ""))),),
        )
        for number, path in enumerate(("/404.htm", "/404/", "/notfound", "/err/404.html", "/404?from=x"))
    ),
    Row(
        "an address that has 404 in it from the start",
        "http://plain.example/404.html",
        "alive",
        "HTTP 200",
        Reply(body=page("On 404 pages", "")),
    ),
    Row(
        "a login wall",
        "http://plain.example/private",
        "blocked",
        "login",
        redirect("/login?next=/private"),
        (("http://plain.example/login?next=/private", Reply(body=page("Log in", ""))),),
    ),
    Row(
        "a parked domain",
        "http://parked.example/a",
        "suspected",
        "parked",
        Reply(body=page("parked.example", "This domain is for sale")),
    ),
    Row(
        "a parked domain in Chinese",
        "http://parked.example/b",
        "suspected",
        "parked",
        Reply(body=page("", "该域名可出售")),
    ),
    Row(
        "an article on parked domains",
        "http://plain.example/j",
        "alive",
        "articleBody",
        Reply(body=page("Parking", '<div itemprop="articleBody">“This domain is for sale”, says the page.</div>')),
    ),
    Row(
        "moved for good",
        "http://plain.example/k",
        "moved",
        "https://plain.example/new/k",
        redirect("https://plain.example/new/k", 301),
        (("https://plain.example/new/k", Reply(body=page("K", ""))),),
        "https://plain.example/new/k",
    ),
    Row(
        "moved for good, and from there for the moment",
        "http://plain.example/l",
        "moved",
        "http://plain.example/new/l",
        redirect("/new/l", 308),
        (
            ("http://plain.example/new/l", redirect("/for-now/l", 307)),
            ("http://plain.example/for-now/l", Reply(body=page("L", ""))),
        ),
        "http://plain.example/new/l",
    ),
    Row(
        "elsewhere for the moment",
        "http://plain.example/m",
        "alive",
        "HTTP 200",
        redirect("/for-now/m"),
        (("http://plain.example/for-now/m", Reply(body=page("M", ""))),),
        "http://plain.example/for-now/m",
    ),
    Row(
        "a challenge",
        "http://plain.example/n",
        "blocked",
        "cf-mitigated",
        Reply(503, "", {"cf-mitigated": "challenge"}),
    ),
    Row("a fault of the server", "http://plain.example/o", "unreachable", "500", Reply(500, "")),
    Row("a server that is down behind Cloudflare", "http://plain.example/p", "unreachable", "521", Reply(521, "")),
)
