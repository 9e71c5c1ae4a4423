using System.Collections.Immutable;
using Orleans.CodeGeneration;

namespace Prism.Grains.Interfaces.Catalog;

/// <summary>
/// The names of all things of one kind that an owner has, for lists. Another grain has the thing itself. It adds the name before it stores the thing
/// and removes the name after it has deleted it, so a name may be here without a thing. Its version has a call by a new silo leave an activation on
/// an old one, which does not know bytes.
/// </summary>
[Alias("prism.INamesGrain"), Version(1)]
[GrainInterfaceType("prism.INamesGrain")]
public interface INamesGrain : IGrainWithStringKey
{
    /// <summary>Adds a name, unless it is there.</summary>
    /// <returns>False: there are <paramref name="most"/> already, and it is none of them.</returns>
    [Alias("add")]
    Task<bool> AddAsync(string name, int most);

    /// <summary>
    /// Adds a name and reserves bytes for its thing, before that is stored. For an existing thing, it reserves the difference.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="bytes">Its new size.</param>
    /// <param name="most">The most names.</param>
    /// <param name="mostBytes">The most bytes of all.</param>
    /// <returns>Null: done. Else the quota that is reached: <see cref="NamesUse.Names"/> or <see cref="NamesUse.Bytes"/>.</returns>
    [Alias("reserve")]
    Task<NamesUse?> ReserveAsync(string name, long bytes, int most, long mostBytes);

    /// <summary>The state of a name is stored, and has this many bytes now.</summary>
    [Alias("settle")]
    Task SettleAsync(string name, long bytes);

    /// <summary>Takes a name out, if it is there.</summary>
    [Alias("remove")]
    Task RemoveAsync(string name);

    /// <summary>All names, in their order.</summary>
    [Alias("list")]
    Task<ImmutableArray<string>> ListAsync();
}

/// <summary>An owner's use of a quota that is reached: one of both is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.names-use")]
public sealed record NamesUse
{
    /// <summary>How many there are.</summary>
    [Id(0)] public int? Names { get; init; }

    /// <summary>How many bytes they have.</summary>
    [Id(1)] public long? Bytes { get; init; }
}
