using Orleans.Concurrency;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Keys;

/// <summary>
/// An API key that Prism has issued, or none, with the ledger of its limits. Its grain key is its id (<see cref="GrainKeys.ApiKey"/>). Every caller
/// of it acts as the admin, including every Orleans client.
/// </summary>
[Alias("prism.IApiKeyGrain")]
[GrainInterfaceType("prism.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithStringKey
{
    /// <summary>Makes the key.</summary>
    /// <param name="terms">What the key may do.</param>
    /// <param name="sha256">The hash of the key, in lower-case hex. The key itself stays with its creator.</param>
    [Alias("create")]
    Task<ApiKeyOutcome> CreateAsync(ApiKeyTerms terms, string sha256);

    /// <summary>Sets the key's terms. Once this is answered, every silo goes by them.</summary>
    /// <param name="terms">All of them.</param>
    /// <param name="basedOn">The version that they are a change of: another is not overwritten.</param>
    [Alias("change")]
    Task<ApiKeyOutcome> ChangeAsync(ApiKeyTerms terms, int basedOn);

    /// <summary>Revokes the key for ever. Once this is answered, it opens nothing on any silo.</summary>
    /// <returns>False: there is no such key.</returns>
    [Alias("revoke")]
    Task<bool> RevokeAsync();

    /// <summary>The key, also where it is revoked; null where there is none.</summary>
    [AlwaysInterleave, Alias("get")]
    Task<ApiKey?> GetAsync();

    /// <summary>
    /// Takes a silo's report and grants what it wants of the key's limits, as far as available. A grant is written before the response.
    /// Interleaves, so that all asks that arrive during a write share the next write.
    /// </summary>
    /// <param name="ask">The ask. It may be repeated until it is answered.</param>
    [AlwaysInterleave, Alias("ask")]
    Task<LeaseAnswer> AskAsync(LeaseAsk ask);

    /// <summary>The state of the limits.</summary>
    [AlwaysInterleave, Alias("status")]
    Task<LedgerStatus> GetStatusAsync();
}
