"""Say calmly what went wrong, what it means for the reader, and what to do next."""

from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from app.core.errors import AppError
from app.http.problems import HttpProblem

_SENTENCES: Final[dict[int, tuple[LazyString, LazyString]]] = {
    403: (_("您没有查看或办理这一项的权限"), _("如工作需要，请联系管理员按岗位授权。这次请求没有改变任何内容。")),
    404: (_("没有找到这个页面"), _("编号可能有误，或者这一项不在您的辖区内。请从栏目重新进入。")),
    405: (_("这个地址不支持这种操作"), _("请从页面上的按钮或链接重新操作。")),
    503: (_("服务暂不可用"), _("请稍候一分钟再试。已经提交并得到回执的内容不受影响。")),
}
_OURS: Final = (
    _("系统出错了"),
    _(
        "这不是您的操作造成的。已经得到回执的内容都已留痕，不受影响。请稍后重试；如仍出错，请把下面的请求编号告诉管理员。"
    ),
)
_YOURS: Final = (_("这次请求没有被接受"), _("请返回上一页，刷新后重试。"))
_FIRST_OF_OURS: Final = 500


def error_page(error: AppError, status: int, number: str) -> ResponseReturnValue:
    """Return the page for ``error``; what it says gives nothing of our inside away."""
    title, advice = _SENTENCES.get(status) or (_OURS if status >= _FIRST_OF_OURS else _YOURS)
    # What an action says was written for people; what the web framework found is said by the page already.
    spoken = status < _FIRST_OF_OURS and not isinstance(error, HttpProblem) and error.detail != error.title
    detail = error.detail if spoken else None
    return render_template(
        "error.html", status=status, title=title, advice=advice, detail=detail, number=number
    ), status
