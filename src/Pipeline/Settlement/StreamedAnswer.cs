using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Tokens;

namespace Prism.Pipeline.Settlement;

/// <summary>
/// What a streamed answer has come to so far, and what it holds of its provider's limits, which is settled at its end, however it ends.
/// </summary>
internal sealed class StreamedAnswer(ChatCall call, ProviderReservation reservation, TokenCounter tokens, Billing billing) : IDisposable
{
    private readonly StreamedTokens _output = new(tokens, call.Route.Model);
    private string? _id;
    private ChatUsage? _usage;
    private bool _settled;

    /// <summary>Whether there is anything to hand out.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The service tier that the provider says it is made in; null where it says nothing.</summary>
    public string? Tier { get; private set; }

    /// <summary>Takes a piece.</summary>
    /// <returns>
    /// The piece with what the provider left out of it; null where it only brought the usage, which is told once, by the event that ends
    /// the stream.
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
        // Counted only where the provider does not tell.
        foreach (var choice in _usage is null ? chunk.Choices : [])
        {
            Add(choice.Delta);
        }

        return chunk is { Id: not null, Model: not null, Usage: null }
            ? chunk
            : chunk with { Id = chunk.Id ?? _id, Model = chunk.Model ?? call.Route.Model, Usage = null };
    }

    /// <summary>The answer is whole. Returns what it took: as the provider says, else counted.</summary>
    public ChatUsage Complete()
    {
        var usage = GetUsage();
        reservation.Settle(usage);
        _settled = true;
        return usage;
    }

    /// <summary>The answer ends here.</summary>
    public void Fail(ChatError error)
    {
        if (!HasBegun)
        {
            reservation.Settle(error);
        }
    }

    /// <summary>Charges what was generated until the caller left, or the provider failed.</summary>
    public void Dispose()
    {
        if (!_settled && HasBegun)
        {
            var usage = GetUsage();
            reservation.Settle(usage);
            billing.Bill(call, usage, Tier);
        }

        reservation.Dispose();
    }

    private ChatUsage GetUsage() => _usage ?? ChatUsage.Of(
        tokens.CountAll(call.Route.Model, call.Request, call.Provider.Options.Type), _output.Count());

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
