namespace Prism.Grains.Interfaces.Quotas;

/// <summary>The kind of a limit, or another cause of a denial.</summary>
[GenerateSerializer]
public enum LimitKind
{
    /// <summary>Requests in any 60 seconds.</summary>
    RequestsPerMinute = 0,

    /// <summary>Tokens in any 60 seconds, prompt and answer.</summary>
    TokensPerMinute = 1,

    /// <summary>Tokens of a UTC day.</summary>
    TokensPerDay = 2,

    /// <summary>Tokens of a UTC month.</summary>
    TokensPerMonth = 3,

    /// <summary>Requests that are being answered at the same time.</summary>
    Concurrency = 4,

    /// <summary>No limit of Prism: the provider must not be called until a time, by its own <c>Retry-After</c>.</summary>
    Upstream = 5,

    /// <summary>No limit either: the ledger cannot be reached, and capacity that may be in use is not granted.</summary>
    Ledger = 6,

    /// <summary>Millionths of a USD of a UTC month.</summary>
    MicroUsdPerMonth = 7,
}
