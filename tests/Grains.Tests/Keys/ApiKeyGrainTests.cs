using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Keys;

namespace Prism.Tests.Keys;

/// <summary>API keys over a cluster of silos.</summary>
public sealed class ApiKeyGrainTests : IAsyncLifetime
{
    private KeysCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await KeysCluster.StartAsync(silos: 3);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_key_is_known_on_every_silo_and_outlives_its_activation()
    {
        var made = await _cluster.CreateAsync("one");
        await _cluster.DeactivateAsync(_cluster.Key("one"));

        Assert.All(await _cluster.FindAsync("one"), key => Assert.Equal(made.Id, key?.Id));
        Assert.Equal("one", (await _cluster.Key("one").GetAsync())!.Terms.Name);
        Assert.All(await _cluster.FindAsync("two"), Assert.Null);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Once_a_key_is_revoked_no_silo_takes_it_any_more()
    {
        for (var i = 0; i < 10; i++)
        {
            var name = $"revoked-{i}";
            await _cluster.CreateAsync(name);
            Assert.All(await _cluster.FindAsync(name), Assert.NotNull);

            Assert.True(await _cluster.Key(name).RevokeAsync());

            Assert.All(await _cluster.FindAsync(name), Assert.Null);
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_silo_that_nobody_tells_finds_out_by_itself()
    {
        var key = await _cluster.CreateAsync("untold");
        Assert.All(await _cluster.FindAsync("untold"), Assert.NotNull);

        // As a grain does whose messages to the silos are all lost.
        await StoreBehindTheirBacksAsync(key with { RevokedAt = DateTimeOffset.UnixEpoch });

        // How soon is tested where time is not the machine's (ApiKeyCopiesTests).
        await Until.TrueAsync("no silo takes it", async () => (await _cluster.FindAsync("untold")).All(found => found is null));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Once_its_terms_are_changed_every_silo_goes_by_them()
    {
        var made = await _cluster.CreateAsync("changed");
        await _cluster.FindAsync("changed");

        var outcome = await _cluster.Key("changed").ChangeAsync(new() { Name = "changed", Scopes = [ApiKeyScopes.Chat] }, made.Version);

        Assert.Equal(2, outcome.Key!.Version);
        Assert.All(await _cluster.FindAsync("changed"), key => Assert.Equal(ApiKeyScopes.Chat, Assert.Single(key!.Terms.Scopes!.Value)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_change_of_another_version_is_refused()
    {
        var made = await _cluster.CreateAsync("raced");
        await _cluster.Key("raced").ChangeAsync(new() { Name = "first" }, made.Version);

        var late = await _cluster.Key("raced").ChangeAsync(new() { Name = "second" }, made.Version);

        Assert.Equal((ChatErrorKind.Conflict, "key_changed"), (late.Error!.Kind, late.Error.Code));
        Assert.Equal("first", (await _cluster.Key("raced").GetAsync())!.Terms.Name);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_revoked_key_stays_revoked_and_is_no_longer_listed()
    {
        var made = await _cluster.CreateAsync("gone");
        var names = _cluster.Grains.GetGrain<INamesGrain>(GrainKeys.ApiKeyNames);
        Assert.Contains(made.Id, await names.ListAsync());

        await _cluster.Key("gone").RevokeAsync();
        var revokedAt = (await _cluster.Key("gone").GetAsync())!.RevokedAt;
        var changed = await _cluster.Key("gone").ChangeAsync(made.Terms, made.Version);
        var again = await _cluster.Key("gone").CreateAsync(made.Terms, Convert.ToHexStringLower(KeysCluster.HashOf("gone")));
        Assert.True(await _cluster.Key("gone").RevokeAsync());

        Assert.Equal(("key_revoked", "key_exists"), (changed.Error!.Code, again.Error!.Code));
        Assert.NotNull(revokedAt);
        Assert.Equal(revokedAt, (await _cluster.Key("gone").GetAsync())!.RevokedAt);
        Assert.DoesNotContain(made.Id, await names.ListAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task There_is_nothing_to_revoke_or_change_of_a_key_that_there_is_not()
    {
        Assert.False(await _cluster.Key("none").RevokeAsync());
        Assert.Equal(ChatErrorKind.NotFound, (await _cluster.Key("none").ChangeAsync(new() { Name = "none" }, 1)).Error!.Kind);
        Assert.Null(await _cluster.Key("none").GetAsync());
    }

    private async Task StoreBehindTheirBacksAsync(ApiKey key)
    {
        var storage = _cluster.Storage;
        var row = new GrainState<ApiKeyState>(new());
        var id = GrainId.Create(ApiKeyStore.GrainType, key.Id);
        await storage.ReadStateAsync(StorageNames.ApiKeyState, id, row);
        row.State = row.State! with { Key = key };
        await storage.WriteStateAsync(StorageNames.ApiKeyState, id, row);
        await _cluster.Store.AdvanceEpochAsync();
    }
}
