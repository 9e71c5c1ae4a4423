using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>Completes answers with the fields that providers omit: an id, the same on all pieces, and a model. Drops an impossible usage.</summary>
internal sealed class AnswerDefaults(CallRequest request)
{
    private string? _id;

    private string Id => _id ??= RandomId.OfAnswer();

    public ChatResponse Apply(ChatResponse response) => response is { Id: not null, Model: not null, Usage: null }
        ? response
        : response with { Id = response.Id ?? Id, Model = response.Model ?? request.Model, Usage = ReportedUsage.Check(response.Usage) };

    public ChatStreamEvent Apply(ChatStreamEvent streamEvent) => streamEvent.Chunk switch
    {
        null or { Id: not null, Model: not null, Usage: null } => streamEvent,
        var chunk => chunk with { Id = chunk.Id ?? Id, Model = chunk.Model ?? request.Model, Usage = ReportedUsage.Check(chunk.Usage) },
    };
}
