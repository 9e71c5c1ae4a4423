using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Templates;

/// <summary>What was read of a name: neither a template nor an error where there is nothing by it.</summary>
/// <param name="Template">The template, compiled.</param>
/// <param name="Error">Why what is stored cannot be rendered: it was stored when more was allowed.</param>
/// <param name="Revision">Which one it is.</param>
/// <param name="AskedAt">The timestamp that its lease counts from.</param>
internal sealed record CachedTemplate(PreparedTemplate? Template, ChatError? Error, string? Revision, long AskedAt);
