using Microsoft.Extensions.Options;
using Prism.Gateway.Auth;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Gateway.Keys;

/// <summary>What the owners of calls are called: of ids alone nobody knows whose they are.</summary>
internal sealed class OwnerNames(IGrainFactory grains, IOptions<AuthOptions> auth)
{
    private const int AtOnce = 64;
    private const string StaticPrefix = "static_";

    /// <summary>The names of some owners, by their ids. One that in-cluster clients have made up has none.</summary>
    public async Task<Dictionary<string, string>> FindAsync(IEnumerable<string> owners, CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in owners.Distinct().Chunk(AtOnce))
        {
            var found = await Task.WhenAll(some.Select(FindAsync)).WaitAsync(cancellationToken);
            foreach (var (owner, name) in some.Zip(found))
            {
                if (name is not null)
                {
                    names[owner] = name;
                }
            }
        }

        return names;
    }

    private async Task<string?> FindAsync(string owner) =>
        owner == Owners.Global ? "the admin, and callers without a key"
        : owner.StartsWith(StaticPrefix, StringComparison.Ordinal) ? NameOfStatic(owner)
        : GrainKeys.IsApiKey(owner) ? (await grains.GetGrain<IApiKeyGrain>(owner).GetAsync())?.Terms.Name
        : null;

    // By its place: nothing of the key is in it.
    private string NameOfStatic(string owner)
    {
        var at = auth.Value.ApiKeys.ToList().FindIndex(key => Owners.StaticKey(IssuedKey.HashOf(key)) == owner);
        return at < 0 ? "a key that LLM_API_KEYS does not have any more" : $"key {at + 1} of LLM_API_KEYS";
    }
}
