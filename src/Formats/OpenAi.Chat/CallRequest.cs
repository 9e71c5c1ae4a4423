using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// The request of a call for the stages of the pipeline: the client's bytes, if they can go to a provider of the same format, and the canonical form,
/// which is parsed when a stage needs more than the skim has read.
/// </summary>
public sealed class CallRequest
{
    private ChatRequest? _canonical;

    private CallRequest(RawRequest raw) => Raw = raw;

    private CallRequest(ChatRequest canonical) => _canonical = canonical;

    private CallRequest(CallRequest other, bool keepsCanonical)
    {
        (Raw, Provider, Owner, RequestId, Cache, IdempotencyKey) =
            (other.Raw, other.Provider, other.Owner, other.RequestId, other.Cache, other.IdempotencyKey);
        (Model, _canonical) = (other.Model, keepsCanonical ? other._canonical : null);
    }

    /// <summary>The bytes; null if there is only the canonical form.</summary>
    public RawRequest? Raw { get; private init; }

    /// <summary>The model: the client's name for it, and once the call is routed the provider's.</summary>
    public string? Model { get; private init; }

    /// <summary>The provider by name; null: from the prefix of the model, or the default.</summary>
    public string? Provider { get; private init; }

    /// <summary>The owner of the call; null: <c>Owners.Global</c>.</summary>
    public string? Owner { get; private init; }

    /// <summary>The id of the HTTP request or of the run, for the log.</summary>
    public string? RequestId { get; private init; }

    /// <summary>The client's policy for the response cache; null for the default.</summary>
    public ChatCachePolicy? Cache { get; private init; }

    /// <summary>The same for attempts of which only one may count.</summary>
    public string? IdempotencyKey { get; private init; }

    /// <summary>The canonical form. The first access parses the bytes.</summary>
    public ChatRequest Canonical => _canonical ??= ReadCanonical();

    /// <summary>Whether it only has text, functions, and parameters without tokens or price; then the skim's counts bound it.</summary>
    public bool IsPlain => Raw is { Skim.IsPlain: true };

    /// <summary>Whether the client wants the usage at the end of a stream.</summary>
    public bool IncludesUsage => Raw is { } raw ? raw.Skim.IncludeUsage : Canonical.StreamOptions?.IncludeUsage == true;

    /// <summary>Whether the client wants the answer as a stream.</summary>
    public bool IsStreamed => Raw is { } raw ? raw.Skim.Stream : Canonical.Stream == true;

    /// <summary>The output cap in force, in tokens; null for none.</summary>
    public int? OutputTokenLimit => Raw is { } raw ? raw.OutputTokenLimit : Canonical.OutputTokenLimit;

    /// <summary>The number of requested answers; null for one.</summary>
    public int? N => Raw is { } raw ? raw.Skim.N : Canonical.N;

    /// <summary>The service tier; null for the default.</summary>
    public string? ServiceTier => Raw is { } raw ? raw.Skim.ServiceTier
        : Canonical.Extra is { } extra && extra.TryGetValue("service_tier", out var tier) && tier.ValueKind == JsonValueKind.String ? tier.GetString()
        : null;

    /// <summary>The targets that the client names as fallbacks; null if it names none.</summary>
    public ImmutableArray<string>? Fallbacks => Raw is null ? Canonical.Fallbacks : null;

    /// <summary>The prompt template; null for none.</summary>
    public string? Template => Raw is null ? Canonical.Template : null;

    /// <summary>A request as received bytes.</summary>
    public static CallRequest Of(RawRequest raw) => new(raw) { Model = raw.Skim.Model };

    /// <summary>A request in its canonical form.</summary>
    public static CallRequest Of(ChatRequest canonical) => new(canonical)
    {
        Model = canonical.Model,
        Provider = canonical.Provider,
        Owner = canonical.Owner,
        RequestId = canonical.RequestId,
        Cache = canonical.Cache,
        IdempotencyKey = canonical.IdempotencyKey,
    };

    /// <summary>The request with another canonical form, and without bytes.</summary>
    public CallRequest With(ChatRequest canonical) => new(this, keepsCanonical: false)
    {
        Raw = null,
        _canonical = canonical,
        Model = canonical.Model,
    };

    /// <summary>The request with the gateway's data that is not in the body.</summary>
    public CallRequest For(string? provider, string? owner, string? requestId, ChatCachePolicy? cache) => new(this, keepsCanonical: false)
    {
        Provider = provider,
        Owner = owner,
        RequestId = requestId,
        Cache = cache,
        _canonical = _canonical is { } canonical
            ? canonical with { Provider = provider, Owner = owner, RequestId = requestId, Cache = cache }
            : null,
    };

    /// <summary>The request at a target.</summary>
    /// <param name="model">The provider's name of the model.</param>
    public CallRequest At(string model) => model == Model && Provider is null
        ? this
        : new(this, keepsCanonical: false)
        {
            Model = model,
            Provider = null,
            _canonical = _canonical is { } canonical ? canonical with { Model = model, Provider = null } : null,
        };

    /// <summary>The request with the one output cap that is sent.</summary>
    /// <param name="cap">The cap to add; null if the request has its own.</param>
    public CallRequest WithCap(OutputCap? cap)
    {
        if (Raw is { } raw)
        {
            return cap is null ? this : new(this, keepsCanonical: false) { Raw = raw with { AddedCap = cap } };
        }

        var canonical = cap switch
        {
            null when Canonical is { MaxCompletionTokens: not null, MaxTokens: not null } => Canonical with { MaxTokens = null },
            null => Canonical,
            { IsNewer: true } => Canonical with { MaxCompletionTokens = cap.Value.Tokens },
            _ => Canonical with { MaxTokens = cap.Value.Tokens },
        };
        return ReferenceEquals(canonical, _canonical) ? this : new(this, keepsCanonical: false) { _canonical = canonical };
    }

    /// <summary>The request with another idempotency key.</summary>
    public CallRequest WithIdempotencyKey(string key) => new(this, keepsCanonical: false)
    {
        IdempotencyKey = key,
        _canonical = _canonical is { } canonical ? canonical with { IdempotencyKey = key } : null,
    };

    /// <summary>
    /// The request in its own memory, for a call that outlives the HTTP request. The memory is not pooled: several stages of a shared call keep the
    /// request, and none of them is the last.
    /// </summary>
    public CallRequest Detach() => Raw is { } raw ? new(this, keepsCanonical: true) { Raw = raw.Copy() } : this;

    private ChatRequest ReadCanonical()
    {
        var read = JsonSerializer.Deserialize(Raw!.Body.Span, ChatJson.Lenient.ChatRequest)!;
        var cap = Raw.AddedCap;
        return read with
        {
            Model = Model,
            MaxTokens = cap is { IsNewer: false } older ? older.Tokens : read.MaxTokens,
            MaxCompletionTokens = cap is { IsNewer: true } newer ? newer.Tokens : read.MaxCompletionTokens,
            Provider = Provider,
            Owner = Owner,
            RequestId = RequestId,
            Cache = Cache,
            IdempotencyKey = IdempotencyKey,
        };
    }
}

/// <summary>An output cap that Prism adds to a request.</summary>
/// <param name="Tokens">The cap, in tokens.</param>
/// <param name="IsNewer">Whether it is sent as <c>max_completion_tokens</c>, otherwise as <c>max_tokens</c>.</param>
public readonly record struct OutputCap(int Tokens, bool IsNewer)
{
    /// <summary>The property in which it is sent.</summary>
    public string Name => IsNewer ? "max_completion_tokens" : "max_tokens";
}
