"""The fixed words of document D19."""

from app.audit.finding import Outcome
from app.core.text import Bilingual

TITLE = Bilingual("单次评估审计记录", "Audit record of one evaluation")

OUTCOME_WORDS = {
    Outcome.BLOCK: Bilingual("阻断", "Block"),
    Outcome.FLAG: Bilingual("预警", "Flag"),
    Outcome.NOT_EVALUABLE: Bilingual("数据不足", "Not evaluable"),
    Outcome.NOTE: Bilingual("提示", "Note"),
    Outcome.PASS: Bilingual("通过", "Pass"),
    Outcome.NOT_APPLICABLE: Bilingual("不适用", "Not applicable"),
}

SILENT = (Outcome.PASS, Outcome.NOT_APPLICABLE)
"""What nobody need be shown in full."""

VERDICTS = {
    Outcome.BLOCK: Bilingual(
        "须先补正，或由内管办负责人书面说明理由并备案后解除，方可继续。",
        "Nothing may proceed until it is cured, or lifted by the head of supervision with a filed reason.",
    ),
    Outcome.FLAG: Bilingual("须由内管人员复核处置。", "A supervision officer must review and dispose of it."),
    Outcome.NOTE: Bilingual("仅作记录，供参考。", "Recorded for information only."),
    Outcome.PASS: Bilingual("所问规则均未提出问题。", "No rule that was asked has raised anything."),
}

EVENTS = {
    "on_submit": Bilingual("提交预测", "a forecast was submitted"),
    "on_window_close": Bilingual("窗口截止", "a window closed"),
    "on_cycle_open": Bilingual("启动周期", "a cycle was opened"),
    "on_close": Bilingual("关闭周期", "a cycle was closed"),
    "on_extension": Bilingual("窗口延期备案", "a window was extended"),
    "on_batch": Bilingual("接收终端批次", "a POS batch arrived"),
    "on_role_grant": Bilingual("授予岗位", "a role was granted"),
}

SUBJECTS = {
    "supply_forecast": Bilingual("货源预测", "Supply forecast"),
    "order_forecast": Bilingual("客户订单预测", "Customer-order forecast"),
    "window": Bilingual("预测窗口", "Forecast window"),
    "cycle": Bilingual("预测周期", "Forecast cycle"),
    "extension": Bilingual("窗口延期", "Window extension"),
    "pos_batch": Bilingual("终端批次", "POS batch"),
    "person": Bilingual("人员", "Person"),
}

STAGES = {
    "supply": Bilingual("货源预测（第一环节）", "Supply (stage 1)"),
    "order": Bilingual("客户订单预测（第二环节）", "Customer order (stage 2)"),
    "summary": Bilingual("预测总结（第三环节）", "Summary (stage 3)"),
}

BANNER = Bilingual(
    "模拟时钟：本记录的时间不是真实时间，仅供试用演示。",
    "SIMULATED CLOCK: the time in this record is not real; for trial and demonstration only.",
)

LEAD_ONLY = Bilingual(
    "统计线索，不作为违规结论；须查看原始记录后判断。",
    "A statistical lead, not a finding of wrongdoing; look at the underlying records before judging.",
)
SHADOW = Bilingual("试行规则：列示但不计入结论。", "Rule on trial: shown, but not counted in the verdict.")

SEAL_STATEMENT = Bilingual(
    "本记录加盖系统印章，仅证明内容自封存后未被改动。系统印章由系统持有，不是任何个人的电子签名，"
    "不构成《电子签名法》第十三条所称可靠的电子签名，也不代表任何人的审核意见。",
    "The system seal proves only that nothing was changed since sealing. It is held by the system, is no person's "
    "signature, is not a reliable electronic signature in the sense of article 13 of the Electronic Signature Law, "
    "and states nobody's opinion.",
)
SEAL_CAPTION = Bilingual("系统印章（非个人签名）", "System seal (not a personal signature)")
INK_CAPTION = Bilingual("内管人员 签字（手写，可空）", "Supervision officer, by hand (optional)")

FOOTER = Bilingual("本记录由系统生成，加盖系统印章后生效", "Made by the system; in force once sealed by the system")

VERIFY = (
    Bilingual(
        "离线验证：henji verify 本文件.pdf --trust 信任根.pem。验证会从所附证据重新得出每一项结果。",
        "Verify offline: henji verify FILE.pdf --trust ROOT.pem. Every outcome is derived again from the evidence.",
    ),
    Bilingual(
        "二维码含记录编号与证据的 SHA-256；“#”之后的内容不会发送给服务器。",
        "The QR code holds the record number and the SHA-256 of the evidence; no server is sent what follows the #.",
    ),
    Bilingual(
        "证据 evidence.json 附于本文件内（PDF 附件）：所提交的内容、各项事实、规则原文与日志证明。",
        "The evidence.json is attached to this PDF: the submission, all facts, the rules' text and the log proof.",
    ),
)


def name(text: str) -> Bilingual:
    """Return a text that is the same in both languages."""
    return Bilingual(text, text)
