using System.Collections.Immutable;
using System.Globalization;
using Prism.Providers;
using Prism.Silo.Configuration.Kinds;

namespace Prism.Silo.Configuration;

/// <summary>
/// The settings of a provider. A line here is the end of an environment variable, its check, its row in docs/configuration.md, and the property that it
/// sets.
/// </summary>
internal static class ProviderSettings
{
    public static readonly ProviderSetting DefaultModel = new(
        "DEFAULT_MODEL", "DefaultModel", SettingKind.Text, "The model of a request that does not name one.",
        provider => provider.DefaultModel, (provider, value) => provider.DefaultModel = value);

    private static readonly ProviderSetting Models = new(
        "MODELS", "Models", SettingKind.List(), "More models to list. Requests are not limited to them.",
        provider => string.Join(',', provider.Models), (provider, value) => provider.Models = [.. ListKind.Split(value)]);

    /// <summary>The types of added providers.</summary>
    public static readonly ImmutableArray<string> TypeNames = [.. ProviderType.All.Where(type => !type.IsInProcess).Select(type => type.Name)];

    public static readonly ProviderSetting Type = new(
        "TYPE", "Type", SettingKind.Choice([.. TypeNames.Select(name => (name, name))]), "Its API.",
        _ => null, (provider, value) => provider.Type = ProviderType.Find(value));

    public static readonly ProviderSetting ApiKey = new(
        "API_KEY", "ApiKey", SettingKind.Secrets,
        "Its API key. Several share the load; with several addresses, each key belongs to one.", _ => null, (provider, value) => provider.ApiKey = value);

    public static readonly ProviderSetting Headers = new(
        "HEADERS", "Headers", SettingKind.Headers,
        "Headers that every request to it has besides Prism's own. A comma in a value is `%2C`, a percent sign `%25`.",
        _ => null, (provider, value) => provider.Headers = ProviderHeaders.Parse(value));

    public static readonly ProviderSetting BaseUrl = new(
        "BASE_URL", "BaseUrl", SettingKind.Url, "Its address, with the version if the vendor's address has one. Several share the load.",
        provider => provider.BaseUrl, (provider, value) => provider.BaseUrl = value);

    public static readonly ProviderSetting DefaultMaxTokens = new(
        "DEFAULT_MAX_TOKENS", "DefaultMaxTokens", SettingKind.WholeNumber(1, int.MaxValue),
        "The output cap of requests without one, sent only if the vendor requires it or tokens are limited.",
        provider => provider.DefaultMaxTokens.ToString(CultureInfo.InvariantCulture),
        (provider, value) => provider.DefaultMaxTokens = int.Parse(value, CultureInfo.InvariantCulture));

    public static readonly ProviderSetting TokensPerMinute = Limit(
        "TOKENS_PER_MINUTE", "TokensPerMinute", "The most tokens in any 60 s, prompts and answers, over the whole cluster.",
        (provider, limit) => provider.TokensPerMinute = limit);

    public static readonly ProviderSetting TokensPerDay = Limit(
        "TOKENS_PER_DAY", "TokensPerDay", "The budget of tokens for a UTC day.", (provider, limit) => provider.TokensPerDay = limit);

    public static readonly ProviderSetting TokensPerMonth = Limit(
        "TOKENS_PER_MONTH", "TokensPerMonth", "The budget of tokens for a UTC month.", (provider, limit) => provider.TokensPerMonth = limit);

    private static readonly ImmutableArray<ProviderSetting> OfLimits =
    [
        DefaultMaxTokens,
        Limit("REQUESTS_PER_MINUTE", "RequestsPerMinute", "The most requests in any 60 s, over the whole cluster.",
            (provider, limit) => provider.RequestsPerMinute = limit),
        TokensPerMinute,
        TokensPerDay,
        TokensPerMonth,
        Limit("MAX_CONCURRENCY", "MaxConcurrency", "The most concurrent requests.",
            (provider, limit) => provider.MaxConcurrency = limit),
        new("QUEUE_TIMEOUT_MS", "QueueTimeout", SettingKind.Milliseconds(Settings.MaxTimeout),
            "How long a request waits in line for a limit before it is rejected.",
            provider => provider.QueueTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            (provider, value) => provider.QueueTimeout = Duration(value)),
    ];

    private static readonly ImmutableArray<ProviderSetting> OfHttp =
    [
        Type,
        ApiKey,
        Headers,
        BaseUrl,
        DefaultModel,
        Models,
        new("TIMEOUT", "Timeout", SettingKind.Seconds(Settings.MaxTimeout), "The longest wait for the first output, or for a whole answer, and for each further piece.",
            provider => InSeconds(provider.Timeout), (provider, value) => provider.Timeout = Duration(value)),
        new("CONNECT_TIMEOUT", "ConnectTimeout", SettingKind.Seconds(Settings.MaxTimeout), "The longest wait for a connection.",
            provider => InSeconds(provider.ConnectTimeout), (provider, value) => provider.ConnectTimeout = Duration(value)),
        new("MAX_ANSWER_BYTES", "MaxAnswerBytes", SettingKind.WholeNumber(1024, 1 << 30),
            "The longest answer, or the longest event of a stream.",
            provider => provider.MaxAnswerBytes.ToString(CultureInfo.InvariantCulture),
            (provider, value) => provider.MaxAnswerBytes = int.Parse(value, CultureInfo.InvariantCulture)),
        .. OfLimits,
    ];

    private static readonly ImmutableArray<ProviderSetting> OfInProcess =
    [
        DefaultModel,
        Models,
        new("DELAY_MS", "Delay", SettingKind.Milliseconds(TimeSpan.FromMinutes(1)), "The pause before each word.",
            provider => provider.Delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            (provider, value) => provider.Delay = Duration(value)),
        .. OfLimits,
    ];

    /// <summary>The settings of a provider.</summary>
    public static ImmutableArray<ProviderSetting> Of(ProviderOptions provider) => provider.Type?.IsInProcess is true ? OfInProcess : OfHttp;

    private static ProviderSetting Limit(string suffix, string key, string description, Action<ProviderOptions, long> apply) => new(
        suffix, key, SettingKind.WholeNumber(1, Settings.MaxLimit), description, _ => null,
        (provider, value) => apply(provider, long.Parse(value, CultureInfo.InvariantCulture)));

    private static string InSeconds(TimeSpan duration) => duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Duration(string configured) => TimeSpan.Parse(configured, CultureInfo.InvariantCulture);
}
