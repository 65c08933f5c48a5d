"""Components that wrap what stands between their tags; each says in `templates/components/` what it expects.

    {% component "notice" kind="warning" %}<p>…</p>{% endcomponent %}

The content is rendered where it is written, with everything known there; the component itself sees only the values that
it is given. A component without content is an ordinary `{% include "components/NAME.html" with … only %}`.
"""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: SafeString, name: str, **values: object) -> SafeString:
    wrapper = context.template.engine.get_template(f"components/{name}.html")
    return wrapper.render(context.new({"content": content, **values}))
