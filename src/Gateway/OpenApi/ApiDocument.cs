using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Prism.Gateway.OpenApi;

/// <summary>
/// The description of the API. Paths, bodies and schemas come from the endpoints and their records; what no record says is in <c>Notes</c>. The first
/// request makes it, in a service container of its own: the start does not pay for it, and only its bytes stay.
/// </summary>
internal sealed class ApiDocument(EndpointDataSource endpoints, IHostEnvironment environment)
{
    private readonly Lazy<Task<byte[]>> _json = new(() => new DocumentWriter(new DescribedEndpoints(endpoints), environment).WriteAsync());

    /// <summary>The document, as JSON.</summary>
    public Task<byte[]> Json => _json.Value;
}
