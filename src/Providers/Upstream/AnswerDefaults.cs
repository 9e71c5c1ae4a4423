using Prism.Chat;

namespace Prism.Providers.Upstream;

/// <summary>What every answer has for its readers, also where a provider leaves it out: an id, the same on all pieces, and a model.</summary>
internal sealed class AnswerDefaults(ChatRequest request)
{
    private string? _id;

    private string Id => _id ??= "chatcmpl-" + Guid.NewGuid().ToString("N");

    public ProviderResult Apply(ChatResponse response) => response is { Id: not null, Model: not null }
        ? response
        : response with { Id = response.Id ?? Id, Model = response.Model ?? request.Model };

    public ChatStreamEvent Apply(ChatStreamEvent streamEvent) => streamEvent.Chunk is null or { Id: not null, Model: not null }
        ? streamEvent
        : streamEvent.Chunk with { Id = streamEvent.Chunk.Id ?? Id, Model = streamEvent.Chunk.Model ?? request.Model };
}
