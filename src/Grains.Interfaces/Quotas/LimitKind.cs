namespace Prism.Grains.Interfaces.Quotas;

/// <summary>What is limited, or else stands in the way of an admission.</summary>
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

    /// <summary>No limit of ours: the provider itself asked to be left alone until a time.</summary>
    Upstream = 5,

    /// <summary>No limit either: the ledger cannot be reached, and what is not known to be free is not given out.</summary>
    Ledger = 6,

    /// <summary>Millionths of a USD of a UTC month.</summary>
    MicroUsdPerMonth = 7,
}
