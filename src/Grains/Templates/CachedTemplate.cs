using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Templates;

/// <summary>The copy of a name: neither a template nor an error if there is nothing by it.</summary>
/// <param name="Template">The template, compiled.</param>
/// <param name="Error">Why the stored template cannot be rendered: it was stored when the limits were higher.</param>
/// <param name="Revision">Which one it is.</param>
/// <param name="AskedAt">The timestamp that its lease counts from.</param>
internal sealed record CachedTemplate(PreparedTemplate? Template, ChatError? Error, string? Revision, long AskedAt);
