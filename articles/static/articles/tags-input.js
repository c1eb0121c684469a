// Completes the names of tags; what nobody has typed before comes last, and is marked as new.
"use strict"

{
  const $ = django.jQuery

  $(() => {
    $(".tags-input").select2({
      createTag: ({ term }) => {
        const name = term.trim()
        return name ? { id: name, text: name, isNew: true } : null
      },
      insertTag: (offered, tag) => offered.push(tag),
      templateSelection: (tag) => tag.id, // Not “Sea level rise (SLR)”, as it is offered.
      templateResult: (tag) => (tag.isNew ? `${tag.text} (${gettext("new tag")})` : tag.text),
    })
  })
}
