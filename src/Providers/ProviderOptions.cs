using System.Collections.Immutable;

namespace Prism.Providers;

/// <summary>The configuration of one provider. Bound from <c>Prism:Providers:{name}</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>Its name in requests and settings: lower case letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>The type of API. Required for a provider that is not built in.</summary>
    public ProviderDefinition? Type { get; set; }

    /// <summary>
    /// Its address, with the version if the vendor's address has one (<c>https://api.openai.com/v1</c>). Several are separated by commas.
    /// </summary>
    public string? BaseUrl
    {
        get;
        set
        {
            field = value;
            BaseUrls = [.. Split(value).Select(url => url.TrimEnd('/'))];
            Hosts = [.. BaseUrls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : "")];
        }
    }

    /// <summary>Its API key. Several are separated by commas: either all for one address, or one for each address. Default: none.</summary>
    public string? ApiKey
    {
        get;
        set
        {
            field = value;
            ApiKeys = [.. Split(value)];
        }
    }

    /// <summary>
    /// Headers that are added to every request to it, at all its addresses. Their values are secrets. Default: none. See
    /// <see cref="ProviderHeaders"/>.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get => field.IsDefault ? [] : field; set; }

    /// <summary>The model of a request that names none.</summary>
    public string DefaultModel { get; set; } = "";

    /// <summary>Additional models to list and to label in metrics. Requests are not limited to them. Default: none.</summary>
    public ImmutableArray<string> Models { get => field.IsDefault ? [] : field; set; }

    /// <summary>
    /// The longest wait from the request to the first output, which is the whole body of an answer that is not streamed, and the longest silence
    /// after it. Comments and empty pieces are no output. After the first output they end a silence, for up to three times this time without output.
    /// Default: 60 s; ollama 120 s.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait for a connection. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The output cap that is sent if a request has none and one is needed: the vendor requires it (Anthropic), or tokens are limited and have to be
    /// reserved. Default: 4096 tokens.
    /// </summary>
    public int DefaultMaxTokens { get; set; } = 4096;

    /// <summary>The most bytes of an answer that is not streamed, and of one event of a stream. Default: 32 MiB.</summary>
    public int MaxAnswerBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>The most requests in any 60 s, over the whole cluster. Default: unlimited.</summary>
    public long? RequestsPerMinute { get; set; }

    /// <summary>The most tokens in any 60 s, prompts and answers, over the whole cluster. Default: unlimited.</summary>
    public long? TokensPerMinute { get; set; }

    /// <summary>The most tokens in a UTC day, over the whole cluster. Default: unlimited.</summary>
    public long? TokensPerDay { get; set; }

    /// <summary>The most tokens in a UTC month, over the whole cluster. Default: unlimited.</summary>
    public long? TokensPerMonth { get; set; }

    /// <summary>The most requests in progress at the same time, over the whole cluster. Default: unlimited.</summary>
    public long? MaxConcurrency { get; set; }

    /// <summary>The longest wait of a request for capacity, in order, before Prism rejects it. Default: no wait.</summary>
    public TimeSpan QueueTimeout { get; set; }

    /// <summary>For echo only: the pause before each word. Default: none.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The addresses of <see cref="BaseUrl"/>, without trailing slashes.</summary>
    public ImmutableArray<string> BaseUrls { get; private set; } = [];

    /// <summary>The hosts of <see cref="BaseUrls"/>.</summary>
    public ImmutableArray<string> Hosts { get; private set; } = [];

    /// <summary>The keys of <see cref="ApiKey"/>.</summary>
    public ImmutableArray<string> ApiKeys { get; private set; } = [];

    /// <summary>The texts that no log, error or page may show: its keys and the values of its headers.</summary>
    public IEnumerable<string> Secrets => ApiKeys.Concat(Headers.Select(header => header.Value));

    /// <summary>Its endpoints: each key at each address, or pairs of key and address if there are several of both.</summary>
    public ImmutableArray<ProviderEndpoint> Endpoints => (BaseUrls, ApiKeys) switch
    {
        (var urls, []) => [.. urls.Select(url => new ProviderEndpoint(url, null))],
        (var urls, [var key]) => [.. urls.Select(url => new ProviderEndpoint(url, key))],
        ([var url], var keys) => [.. keys.Select(key => new ProviderEndpoint(url, key))],
        // A key is only sent to its own address.
        var (urls, keys) => [.. urls.Zip(keys, (url, key) => new ProviderEndpoint(url, key))],
    };

    /// <summary>
    /// The missing setting without which it cannot be used (<c>LLM_OPENAI_API_KEY</c>); null if it is usable. A vendor's own service needs a key;
    /// another server at an address of the operator's choice may not.
    /// </summary>
    public string? Missing => ApiKeys.IsEmpty && Type?.VendorUrl is { } vendor && BaseUrls.Contains(vendor) ? VariablePrefix + "_API_KEY" : null;

    /// <summary>Whether an output cap is sent as <c>max_completion_tokens</c>.</summary>
    public bool UsesNewerCap => Type?.HostOfNewerCap is { } host && Hosts.Contains(host);

    /// <summary>The prefix of this provider's environment variables: <c>LLM_OPENAI</c>.</summary>
    public string VariablePrefix => "LLM_" + Name.Replace('-', '_').ToUpperInvariant();

    private static string[] Split(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
