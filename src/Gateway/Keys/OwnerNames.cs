using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Keys;
using Prism.Pipeline;

namespace Prism.Gateway.Keys;

/// <summary>Names of owners for people, who cannot recognise an owner by its id.</summary>
internal sealed class OwnerNames(IGrainFactory grains, ISnapshotSource snapshots)
{
    private const int AtOnce = 64;
    private const string StaticPrefix = "static_";

    /// <summary>The names of some owners by their ids. Owners that in-cluster clients have chosen have none.</summary>
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

    // By its position: nothing of the key is in it.
    private string NameOfStatic(string owner)
    {
        var at = snapshots.Current.Auth.ApiKeys.ToList().FindIndex(key => Owners.StaticKey(IssuedKey.HashOf(key)) == owner);
        return at < 0 ? "a key that is no longer in LLM_API_KEYS" : $"key {at + 1} of LLM_API_KEYS";
    }
}
