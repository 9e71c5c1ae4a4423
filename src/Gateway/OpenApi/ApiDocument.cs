using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Prism.Gateway.OpenApi;

/// <summary>
/// The OpenAPI document. Paths, bodies and schemas come from the endpoints and their records, the prose from <c>Notes</c>. The first request
/// generates it, in a service container of its own: the start does not pay for it, and only its bytes stay in memory.
/// </summary>
internal sealed class ApiDocument(EndpointDataSource endpoints, IHostEnvironment environment)
{
    private readonly Lazy<Task<byte[]>> _json = new(() => new DocumentWriter(new DescribedEndpoints(endpoints), environment).WriteAsync());

    /// <summary>The document, as JSON.</summary>
    public Task<byte[]> Json => _json.Value;
}
