using System.Net;
using Prism.Silo.Cluster;

namespace Prism.Tests.Cluster;

public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("10.0.0.5", "172.17.0.1", "10.0.0.5*")]
    [InlineData("10.0.0.5", "127.0.0.1", "fe80::1*", "169.254.7.7*", "fd00::5*", "10.0.0.5*")]
    [InlineData("172.17.0.1", "127.0.0.1", "172.17.0.1")]
    [InlineData("fd00::5", "172.17.0.1", "fd00::5*")]
    [InlineData("127.0.0.1", "127.0.0.1", "::1", "fe80::1")]
    [InlineData("127.0.0.1")]
    public void It_is_the_address_with_a_way_out(string expected, params string[] candidates) => Assert.Equal(
        IPAddress.Parse(expected),
        OwnAddress.Choose(candidates.Select(text => (IPAddress.Parse(text.TrimEnd('*')), text.EndsWith('*')))));

    [Fact]
    public void This_machine_has_one() => Assert.NotEqual(IPAddress.Any, OwnAddress.Detect());
}
