"""Emoticons and emoji, and what they weigh: the same in every language."""

from __future__ import annotations

_EMOJI = {
    3.0: "😍🥰🤩🏆💯🎉🥇😻",
    2.0: "😀😁😃😄😆😊🙂😎👍🙌👏💪❤💖💕💗💙💚💛🧡💜🖤♥😘🤗😇🌟⭐✨🔥🥳🎊😋👌✅😂🤣💐🌹🌈😸😺🫶🤝🙏😌🎁☀",
    1.0: "🙃😉😅☺😏🤞🆗🌞💫👋🍀",
    -1.0: "😐😑😕🙁☹😬😓😟🤔😒😔😞😥🥺🤦🤷⚠😪😰🥱",
    -2.0: "👎😠😢😭😩😫😖😣😤💔❌🚫😨😱😿🙄😦😧💩🗑☠💀🤢",
    -3.0: "😡🤬🤮🖕😾",
}
EMOJI = {sign: valence for valence, signs in _EMOJI.items() for sign in signs}


def of_emoticon(sign: str) -> float:
    """What an emoticon weighs, by its mouth; 0 when it says nothing."""
    if sign == "<3":
        return 2.0
    if sign == "</3":
        return -2.0
    if sign in ("^_^", "(:", "xD"):
        return 2.0
    if sign in ("T_T", "):", "-_-"):
        return -1.5
    mouth = sign.lstrip("<>:;=8xX")[-1:]
    if "'" in sign:
        return -2.0 if mouth in "([{<" else 1.0
    if mouth in ")]}dDpP>*3":
        return 2.0 if sign[0] not in "xX8" or mouth in "dD)" else 0.0
    if mouth in "([{<":
        return -2.0
    return -1.0 if mouth in "/\\|" else 0.0
