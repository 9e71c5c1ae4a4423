using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Tokens;

namespace Prism.Pipeline.Settlement;

/// <summary>The output of a streamed answer so far: the text to count, and the usage that the provider reports.</summary>
internal sealed class StreamedOutput(ChatCall call, TokenCounter tokens)
{
    private readonly StreamedTokens _output = new(tokens, call.Route.Model);
    private string? _id;
    private ChatUsage? _usage;

    /// <summary>Whether there is any output.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The service tier that the provider reports; null if it reports none.</summary>
    public string? Tier { get; private set; }

    /// <summary>The usage: as the provider reports it, or counted.</summary>
    public ChatUsage Usage => _usage ?? ChatUsage.Of(tokens.CountAll(call.Route.Model, call.Request.Canonical, call.Provider.Options.Type), _output.Count());

    /// <summary>Adds a chunk.</summary>
    /// <returns>
    /// The chunk, completed with the fields that the provider omitted; null if it only had the usage, which the end of the stream has.
    /// </returns>
    public ChatChunk? Add(ChatChunk chunk)
    {
        _usage = chunk.Usage ?? _usage;
        Tier = PricedFeatures.TierOf(chunk.Extra) ?? Tier;
        if (chunk is { Choices.IsEmpty: true, Usage: not null })
        {
            return null;
        }

        HasBegun = true;
        _id ??= chunk.Id ?? RandomId.OfAnswer();
        // Counted only if the provider reports no usage.
        foreach (var choice in _usage is null ? chunk.Choices : [])
        {
            Add(choice.Delta);
        }

        return chunk is { Id: not null, Model: not null, Usage: null }
            ? chunk
            : chunk with { Id = chunk.Id ?? _id, Model = chunk.Model ?? call.Route.Model, Usage = null };
    }

    /// <summary>Adds a chunk that goes to the client as received.</summary>
    public void Add(ReadOnlySpan<byte> chunk, in ChunkSkim skim)
    {
        HasBegun = true;
        Tier = skim.Tier ?? Tier;
        foreach (var text in _usage is null ? skim.Output : [])
        {
            _output.AppendEscaped(chunk.Slice(text.Start, text.Length));
        }
    }

    private void Add(ChatDelta delta)
    {
        _output.Append(delta.Content);
        _output.Append(delta.ReasoningContent);
        _output.Append(delta.Refusal);
        foreach (var fragment in delta.ToolCalls ?? [])
        {
            _output.Append(fragment.Function?.Name);
            _output.Append(fragment.Function?.Arguments);
        }
    }
}
