using System.Collections.Immutable;

namespace Prism.Catalog;

/// <summary>
/// The names of all that an owner has of one kind, so that it can be listed. What a name stands for is another grain's, which adds the name
/// before it has anything and takes it out when it has nothing left: so a name may be here for which there is nothing.
/// </summary>
[Alias("prism.INamesGrain")]
public interface INamesGrain : IGrainWithStringKey
{
    /// <summary>Adds a name, unless it is there.</summary>
    /// <returns>False: there are <paramref name="most"/> already, and it is none of them.</returns>
    [Alias("add")]
    Task<bool> AddAsync(string name, int most);

    /// <summary>Takes a name out, if it is there.</summary>
    [Alias("remove")]
    Task RemoveAsync(string name);

    /// <summary>All names, in their order.</summary>
    [Alias("list")]
    Task<ImmutableArray<string>> ListAsync();
}
